//! Orders that wait for a person: in the BankID app, or on a bank's page.

use jiff::Timestamp;

use crate::world::World;

/// Something a PSU is asked to approve now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Order {
    /// By which it is approved or refused. An order of the app keeps the id of its authorisation over several rounds.
    pub id: String,
    /// Where it waits.
    pub kind: OrderKind,
    /// BIC of the bank.
    pub bank: String,
    /// The consent, payment or basket it is about; for a cancellation, the payment that is to be cancelled.
    pub resource_id: String,
    /// Its authorisation.
    pub authorisation_id: String,
    /// The `scaStatus` the client sees.
    pub status: String,
    /// The token that opens it in the BankID app, where the client was given one.
    pub autostart_token: Option<String>,
    /// What the PSU is shown: label and value. Of several payments each is one, the label telling how much and to whom.
    pub shown: Vec<(String, String)>,
}

/// Where an order waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderKind {
    /// In the BankID app.
    App,
    /// On the bank's page, which a browser has opened.
    BankPage,
}

impl World {
    /// Everything that waits, app orders first.
    pub(crate) fn orders(&self) -> Vec<Order> {
        let in_apps = self.authorisations.iter().filter_map(|(id, authorisation)| {
            let order = authorisation.order.as_ref()?;
            Some(Order {
                id: id.clone(),
                kind: OrderKind::App,
                bank: authorisation.bank.bic().to_owned(),
                resource_id: authorisation.resource.id().to_owned(),
                authorisation_id: id.clone(),
                status: authorisation.status.as_str().to_owned(),
                autostart_token: order.challenged.then(|| order.autostart_token.clone()),
                shown: self.shown_flat(id),
            })
        });
        let on_pages = self.visits.iter().filter_map(|(id, visit)| {
            let authorisation = self.authorisations.get(&visit.authorisation)?;
            (visit.leaves_for.is_none() && authorisation.is_pending()).then(|| Order {
                id: id.clone(),
                kind: OrderKind::BankPage,
                bank: authorisation.bank.bic().to_owned(),
                resource_id: visit.resource.id().to_owned(),
                authorisation_id: visit.authorisation.clone(),
                status: authorisation.status.as_str().to_owned(),
                autostart_token: None,
                shown: self.shown_flat(&visit.authorisation),
            })
        });
        in_apps.chain(on_pages).collect()
    }

    fn shown_flat(&self, authorisation: &str) -> Vec<(String, String)> {
        let resource = self.authorisations.get(authorisation).map(|found| &found.resource);
        resource.map(|resource| self.shown(resource).flat()).unwrap_or_default()
    }

    /// Approves the order: signs its present round, or approves on the bank's page. `false` when there is none.
    pub(crate) fn approve_order(&mut self, id: &str, now: Timestamp) -> bool {
        if self.visits.get(id).is_some_and(|visit| visit.leaves_for.is_none()) {
            let authorisation =
                self.visits.get(id).map(|visit| visit.authorisation.clone()).unwrap_or_default();
            let psu = self.psu_of(&authorisation);
            self.approve_visit(id, &psu, now);
            return true;
        }
        let waits = self.authorisations.get(id).is_some_and(|found| found.order.is_some());
        if waits {
            self.sign_round(id, now);
        }
        waits
    }

    /// Refuses the order. `false` when there is none.
    pub(crate) fn refuse_order(&mut self, id: &str) -> bool {
        if self.visits.get(id).is_some_and(|visit| visit.leaves_for.is_none()) {
            self.refuse_visit(id);
            return true;
        }
        let waits = self.authorisations.get(id).is_some_and(|found| found.order.is_some());
        if waits {
            self.refuse(id);
        }
        waits
    }
}
