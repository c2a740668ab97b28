//! Authorisations: a PSU's signature on a consent, a payment or a basket, step by step, in an app of his own or through the browser.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use openpayments_banks::{Approach, Method, Step, WaitsFor};
use openpayments_model::Context;
use openpayments_model::status::{ConsentStatus, ScaStatus, TransactionStatus};

use super::agenda::Due;
use super::mint::hex;
use super::scenario::{Behaviour, DEFAULT_PSU, behaviour_of};
use super::{Message, Resource, World};
use crate::banks::Bank;
use crate::clock::later;
use crate::quirk::Quirk;

/// Once the app is open the order lives this long. No source names it; three minutes is BankID's own habit.
const SIGNING_TIME: Duration = Duration::from_mins(3);
/// How long a step takes that waits for nobody.
const PASSING_TIME: Duration = Duration::from_secs(1);
/// How old a frame of an animated QR code may be when it is scanned.
const FRESH_SECONDS: i64 = 2;

/// One authorisation.
#[derive(Clone, Debug)]
pub(crate) struct Authorisation {
    pub(crate) resource: Resource,
    pub(crate) bank: Arc<Bank>,
    /// Of the resource.
    context: Context,
    pub(crate) started: Timestamp,
    /// Who is to sign, as far as the client said.
    pub(crate) psu: Option<String>,
    pub(crate) status: ScaStatus,
    pub(crate) approach: Option<Approach>,
    pub(crate) method: Option<Method>,
    pub(crate) message: Option<Message>,
    /// Counts BankID rounds and steps, so that an event of an earlier one finds out that it is void.
    pub(crate) round: u32,
    pub(crate) order: Option<AppOrder>,
    step: usize,
}

/// What waits in the PSU's BankID app.
#[derive(Clone, Debug)]
pub(crate) struct AppOrder {
    /// Starts the app on the PSU's device.
    pub(crate) autostart_token: String,
    /// Stands in the frames of the animated QR code.
    pub(crate) qr_token: String,
    /// Names the order to the pages of the app.
    pub(crate) page: String,
    pub(crate) since: Timestamp,
    /// When it ends by itself.
    pub(crate) closes: Timestamp,
    pub(crate) opened: bool,
    /// Whether the client got a challenge to open it with.
    pub(crate) challenged: bool,
}

impl AppOrder {
    /// Whole seconds until it ends by itself.
    pub(crate) fn seconds_left(&self, now: Timestamp) -> i64 {
        self.closes.duration_since(now).as_secs().max(0)
    }
}

impl Authorisation {
    /// Whether a PSU can still sign.
    pub(crate) fn is_pending(&self) -> bool {
        !self.status.is_final()
    }

    fn steps(&self) -> &[Step] {
        match self.resource {
            // No source shows how a cancellation is signed; nobody is paid by it, so it goes as a consent does.
            Resource::Consent(_) | Resource::Cancellation(_) => self.bank.consent_steps(self.context),
            Resource::Payment(_) | Resource::Basket(_) => self.bank.payment_steps(self.context),
        }
    }
}

impl World {
    /// Starts an authorisation of `resource`; where the bank's sandbox approves at the start, it is over at once.
    pub(crate) fn start_authorisation(
        &mut self,
        resource: Resource,
        psu: Option<String>,
        now: Timestamp,
    ) -> Option<String> {
        let owner = self.owner(&resource)?;
        let (bank, context) = (Arc::clone(&owner.bank), owner.context);
        let approves = bank.approves_at_start(context);
        let id = self.mint.uuid();
        let authorisation = Authorisation {
            resource,
            bank,
            context,
            started: now,
            psu,
            status: ScaStatus::Received,
            approach: None,
            method: None,
            message: None,
            round: 0,
            order: None,
            step: 0,
        };
        self.authorisations.insert(id.clone(), authorisation);
        if approves && self.rules.approve.delay().is_some() {
            self.behave(&id, |world| world.finalise(&id, now));
        }
        Some(id)
    }

    /// The client has chosen how the PSU signs.
    pub(crate) fn choose_method(&mut self, id: &str, approach: Approach, method: Method, now: Timestamp) {
        let Some(authorisation) = self.authorisations.get_mut(id) else {
            return;
        };
        authorisation.approach = Some(approach);
        authorisation.method = Some(method);
        if authorisation.status.is_final() {
            // Approved at its start already; only the method was still to be named.
            return;
        }
        match approach {
            Approach::Redirect => {
                authorisation.status = ScaStatus::ScaMethodSelected;
                // Whatever runs in an app from an earlier choice is void.
                authorisation.round += 1;
                self.close_order(id);
            }
            Approach::Decoupled => {
                authorisation.step = 0;
                self.enter_step(id, now);
            }
        }
    }

    /// Enters the step that is due, or ends the authorisation when none is left.
    fn enter_step(&mut self, id: &str, now: Timestamp) {
        let known_recipient = self.knows_recipient(id);
        let Some(authorisation) = self.authorisations.get_mut(id) else {
            return;
        };
        let skipped = |step: &Step| step.new_recipient && known_recipient;
        while authorisation.steps().get(authorisation.step).is_some_and(skipped) {
            authorisation.step += 1;
        }
        let Some(step) = authorisation.steps().get(authorisation.step).cloned() else {
            self.finalise(id, now);
            return;
        };
        let (window, from_start) = authorisation.bank.start_window(authorisation.context);
        let is_first = authorisation.round == 0;
        let closes = later(if from_start && is_first { authorisation.started } else { now }, window);
        authorisation.status = step.status;
        authorisation.round += 1;
        let round = authorisation.round;
        self.close_order(id);
        if step.waits_for == WaitsFor::Nobody {
            self.agenda
                .note(later(now, PASSING_TIME), Due::StepPasses { authorisation: id.to_owned(), round });
        } else {
            self.open_order(id, step.waits_for == WaitsFor::Challenge, now, closes);
            if let Some(delay) = self.rules.approve.delay() {
                self.agenda.note(later(now, delay), Due::PsuActs { authorisation: id.to_owned(), round });
            }
            self.agenda.note(closes, Due::WindowCloses { authorisation: id.to_owned(), round });
        }
    }

    fn open_order(&mut self, id: &str, challenged: bool, now: Timestamp, closes: Timestamp) {
        let order = AppOrder {
            autostart_token: self.mint.uuid(),
            qr_token: self.mint.uuid(),
            page: self.mint.token(),
            since: now,
            closes,
            opened: false,
            challenged,
        };
        for token in [&order.autostart_token, &order.qr_token, &order.page] {
            self.app_orders.insert(token.clone(), id.to_owned());
        }
        if let Some(authorisation) = self.authorisations.get_mut(id) {
            authorisation.order = Some(order);
        }
    }

    /// How many orders wait in an app.
    pub(crate) fn orders_waiting(&self) -> usize {
        // By three tokens each.
        self.app_orders.len() / 3
    }

    fn close_order(&mut self, id: &str) {
        if let Some(order) =
            self.authorisations.get_mut(id).and_then(|authorisation| authorisation.order.take())
        {
            for token in [&order.autostart_token, &order.qr_token, &order.page] {
                self.app_orders.remove(token);
            }
        }
    }

    /// Whether every creditor of what is signed has been paid from the same account before.
    fn knows_recipient(&self, id: &str) -> bool {
        let payments = match self.authorisations.get(id).map(|authorisation| &authorisation.resource) {
            Some(Resource::Payment(payment)) => std::slice::from_ref(payment),
            Some(Resource::Basket(basket)) => {
                self.baskets.get(basket).map(|basket| basket.payments.as_slice()).unwrap_or_default()
            }
            Some(Resource::Consent(_) | Resource::Cancellation(_)) | None => return false,
        };
        payments.iter().filter_map(|payment| self.payments.get(payment)).all(|payment| {
            payment.transfers.iter().all(|transfer| {
                self.bookings.iter().any(|b| b.debtor == payment.debtor && b.creditor == transfer.creditor)
            })
        })
    }

    /// The simulated PSU opens the app and does what his id says.
    pub(crate) fn psu_acts(&mut self, id: &str, round: u32, now: Timestamp) {
        if self.is_in_round(id, round) {
            self.behave(id, |world| world.sign_round(id, now));
        }
    }

    /// Does what the PSU's id says; `sign` when it says to sign.
    pub(crate) fn behave(&mut self, id: &str, sign: impl FnOnce(&mut Self)) {
        match behaviour_of(&self.psu_of(id)) {
            Behaviour::Signs | Behaviour::NeedsSecondSigner | Behaviour::OverLimit => sign(self),
            Behaviour::Refuses => self.refuse(id),
            Behaviour::LetsExpire => self.fail(id, Some(SESSION_EXPIRED)),
            Behaviour::NotActivated => self.fail(id, Some(NOT_ACTIVATED)),
            Behaviour::LacksRights => self.fail(id, Some(NO_RIGHTS)),
        }
    }

    /// The app was not opened in time, or left open for too long.
    pub(crate) fn window_closes(&mut self, id: &str, round: u32) {
        if self.is_in_round(id, round) {
            self.fail(id, Some(SESSION_EXPIRED));
        }
    }

    pub(crate) fn step_passes(&mut self, id: &str, round: u32, now: Timestamp) {
        if self.is_in_round(id, round) {
            self.sign_round(id, now);
        }
    }

    /// The PSU has opened the order in the app: the start window is kept, the time to sign runs.
    pub(crate) fn open_app(&mut self, id: &str, now: Timestamp) {
        let Some(authorisation) = self.authorisations.get_mut(id) else {
            return;
        };
        let Some(order) = authorisation.order.as_mut().filter(|order| !order.opened) else {
            return;
        };
        order.opened = true;
        order.closes = later(now, SIGNING_TIME);
        // A new round number voids the start window; a simulated PSU keeps his appointment under the new number.
        authorisation.round += 1;
        let round = authorisation.round;
        let authorisation = id.to_owned();
        if let Some(delay) = self.rules.approve.delay() {
            self.agenda.note(later(now, delay), Due::PsuActs { authorisation: authorisation.clone(), round });
        }
        self.agenda.note(later(now, SIGNING_TIME), Due::WindowCloses { authorisation, round });
    }

    /// The PSU has signed the present round.
    pub(crate) fn sign_round(&mut self, id: &str, now: Timestamp) {
        if let Some(authorisation) = self.authorisations.get_mut(id) {
            authorisation.step += 1;
            self.enter_step(id, now);
        }
    }

    /// The last signature is there.
    pub(crate) fn finalise(&mut self, id: &str, now: Timestamp) {
        let psu = self.psu_of(id);
        let Some(resource) = self.authorisations.get(id).map(|authorisation| authorisation.resource.clone())
        else {
            return;
        };
        let Some(mut signers) = self.signers_awaited(&resource) else {
            // Cancelled, deleted or signed by other hands meanwhile.
            self.fail(id, None);
            return;
        };
        if !signers.contains(&psu) {
            signers.push(psu.clone());
        }
        let needs_two = signers.iter().any(|signer| behaviour_of(signer) == Behaviour::NeedsSecondSigner);
        let wants_second = needs_two && signers.len() < 2;
        self.close_order(id);
        if let Some(authorisation) = self.authorisations.get_mut(id) {
            authorisation.status = ScaStatus::Finalised;
            authorisation.message = wants_second.then_some(ANOTHER_SIGNER);
        }
        self.sign(&resource, &psu, wants_second, now);
    }

    /// The PSU has said no: the resource is rejected with it, or stays as it was, as some banks have it. No source names a
    /// message code for this.
    pub(crate) fn refuse(&mut self, id: &str) {
        let Some(resource) = self.authorisations.get(id).map(|authorisation| authorisation.resource.clone())
        else {
            return;
        };
        self.fail(id, None);
        if !self.has(Quirk::RefusedStaysReceived) {
            self.reject(&resource);
        }
    }

    /// Whether signing the resource still makes a difference.
    pub(crate) fn awaits_signature(&self, resource: &Resource) -> bool {
        self.signers_awaited(resource).is_some()
    }

    /// Who has signed so far, when the resource still waits for a signature.
    pub(super) fn signers_awaited(&self, resource: &Resource) -> Option<Vec<String>> {
        match resource {
            Resource::Consent(id) => {
                let consent = self.consents.get(id)?;
                let open =
                    matches!(consent.status, ConsentStatus::Received | ConsentStatus::PartiallyAuthorised);
                open.then(|| consent.signers.clone())
            }
            Resource::Payment(id) => {
                let payment = self.payments.get(id)?;
                payment.awaits_signature().then(|| payment.signers.clone())
            }
            Resource::Cancellation(id) => self.cancellation_signers(id),
            Resource::Basket(id) => self.basket_signers(id),
        }
    }

    /// A signature on the resource has been given.
    pub(super) fn sign(&mut self, resource: &Resource, psu: &str, wants_second: bool, now: Timestamp) {
        match resource {
            Resource::Consent(id) => self.sign_consent(id, psu, wants_second, now),
            Resource::Payment(id) => self.sign_payment(id, psu, wants_second, now),
            Resource::Cancellation(id) => self.sign_cancellation(id, psu, wants_second),
            Resource::Basket(id) => self.sign_basket(id, psu, wants_second, now),
        }
    }

    /// The PSU has refused to sign the resource.
    pub(super) fn reject(&mut self, resource: &Resource) {
        match resource {
            Resource::Consent(id) => {
                if let Some(consent) = self.consents.get_mut(id) {
                    consent.status = ConsentStatus::Rejected;
                }
            }
            Resource::Payment(id) => {
                if let Some(payment) = self.payments.get_mut(id) {
                    payment.status = TransactionStatus::Rejected;
                }
            }
            // Not cancelled: the payment goes on as if nobody had asked.
            Resource::Cancellation(_) => {}
            Resource::Basket(id) => self.reject_basket(id),
        }
    }

    /// It ends without a signature; consent and payment stay as they are and can be signed again.
    pub(crate) fn fail(&mut self, id: &str, message: Option<Message>) {
        self.close_order(id);
        let accepts = self.has(Quirk::AcceptedThoughFailed);
        let Some(authorisation) = self.authorisations.get_mut(id) else {
            return;
        };
        authorisation.status = ScaStatus::Failed;
        authorisation.message = message;
        if let (true, Resource::Payment(id)) = (accepts, &authorisation.resource)
            && let Some(payment) = self.payments.get_mut(id).filter(|payment| payment.awaits_signature())
        {
            payment.status = TransactionStatus::AcceptedSettlementInProcess;
        }
    }

    /// Who signs: named by the client, or the one who is there when nobody is named.
    pub(crate) fn psu_of(&self, id: &str) -> String {
        let Some(authorisation) = self.authorisations.get(id) else {
            return DEFAULT_PSU.to_owned();
        };
        let of_resource = || self.owner(&authorisation.resource).and_then(|owner| owner.psu.clone());
        authorisation.psu.clone().or_else(of_resource).unwrap_or_else(|| DEFAULT_PSU.to_owned())
    }

    /// The text of the animated QR code at this moment: another one each second.
    pub(crate) fn qr_frame(&self, order: &AppOrder, now: Timestamp) -> String {
        let seconds = now.duration_since(order.since).as_secs();
        format!("bankid.{}.{seconds}.{}", order.qr_token, self.qr_code_proof(&order.qr_token, seconds))
    }

    /// The authorisation of a scanned frame, when the frame is genuine and fresh.
    pub(crate) fn scan(&self, frame: &str, now: Timestamp) -> Option<String> {
        let mut parts = frame.strip_prefix("bankid.")?.split('.');
        let (token, seconds, proof) = (parts.next()?, parts.next()?.parse::<i64>().ok()?, parts.next()?);
        let id = self.app_orders.get(token)?;
        let order = self.authorisations.get(id)?.order.as_ref()?;
        let age = now.duration_since(order.since).as_secs() - seconds;
        let genuine =
            proof == self.qr_code_proof(token, seconds) && parts.next().is_none() && order.qr_token == token;
        (genuine && (0..=FRESH_SECONDS).contains(&age)).then(|| id.clone())
    }

    fn qr_code_proof(&self, token: &str, seconds: i64) -> String {
        hex(&self.mint.derive(&["qr", token, &seconds.to_string()]))
    }

    fn is_in_round(&self, id: &str, round: u32) -> bool {
        self.authorisations.get(id).is_some_and(|found| found.round == round && found.is_pending())
    }
}

const SESSION_EXPIRED: Message =
    Message { code: "AUTHENTICATION_SESSION_EXPIRED", text: "The session was not completed in time." };
const NOT_ACTIVATED: Message =
    Message { code: "BANKID_NOT_ACTIVATED", text: "BankID is not activated for this person at the bank." };
const NO_RIGHTS: Message =
    Message { code: "PSU_RIGHTS_MISSING", text: "This person may not sign for the account or the company." };
/// Told wherever a second signature is still to come.
pub(crate) const ANOTHER_SIGNER: Message =
    Message { code: "AUTHORISATION_PENDING_API", text: "Another person has to authorise as well." };
