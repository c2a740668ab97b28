//! Which bank, for whom: the same words on every command that talks to one, and the same values on every call about one
//! consent or payment.

use std::net::{IpAddr, Ipv4Addr};

use openpayments::Bank;
use openpayments::model::identifier::AffiliatedAspspId;
use openpayments::prelude::{BicFi, Context, CorporateId, Psu, PsuId};
use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::problem::{OrProblem, Problem};
use crate::settings::Target;

/// The sandbox's person who signs.
const LOCAL_PSU: &str = "99990101000";

#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Bank and person")]
pub(crate) struct AtBank {
    /// The bank, by its BIC.
    #[arg(long, value_name = "BIC", env = "OPENPAYMENTS_BANK", hide_env_values = true)]
    pub(crate) bank: Option<BicFi>,
    /// Personal or business accounts: private or corporate.
    #[arg(long, value_name = "CONTEXT")]
    pub(crate) context: Option<Context>,
    /// The person's id at the bank; on the local platform somebody who signs.
    #[arg(long, value_name = "ID", value_parser = PsuId::parse, env = "OPENPAYMENTS_PSU", hide_env_values = true)]
    psu: Option<PsuId>,
    /// The company's id, for its accounts.
    #[arg(long, value_name = "ID", value_parser = CorporateId::parse)]
    corporate: Option<CorporateId>,
    /// The person's address: says that the person is there. Payments need it.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "unattended")]
    ip: Option<IpAddr>,
    /// Read without the person there; the bank counts such reads.
    #[arg(long)]
    unattended: bool,
    /// The bank under the bank's roof, such as a savings bank.
    #[arg(long, value_name = "ID")]
    affiliated: Option<AffiliatedAspspId>,
    /// Prefer the bank's own page (yes) or signing in an app (no), where the bank has both.
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    redirect: Option<bool>,
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("give yes or no".to_owned()),
    }
}

/// Bank, person and preference of one flow. It is kept with what was begun, so that later calls say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Whom {
    pub(crate) bank: BicFi,
    context: String,
    psu: Option<String>,
    corporate: Option<String>,
    affiliated: Option<AffiliatedAspspId>,
    redirect: Option<bool>,
}

impl AtBank {
    /// For whom a new flow is.
    pub(crate) fn whom(&self, connection: &Connection) -> anyhow::Result<Whom> {
        let profile = connection.plan.profile();
        let local = (connection.plan.target == Target::Local).then_some(LOCAL_PSU);
        let psu = self.psu.as_ref().map(PsuId::expose).or(profile.psu_id.as_deref()).or(local);
        let corporate = self.corporate.as_ref().map(CorporateId::expose);
        Ok(Whom {
            bank: self.bic(connection)?,
            context: connection.context(self.context)?.to_string(),
            psu: psu.map(str::to_owned),
            corporate: corporate.or(profile.psu_corporate_id.as_deref()).map(str::to_owned),
            affiliated: self.affiliated.clone(),
            redirect: self.redirect,
        })
    }

    /// For whom a flow is that was begun before: as it was then, where that is remembered. What is said otherwise now is
    /// refused, since banks demand the same on all calls of a flow; what the environment says is for what is begun next.
    /// But a company has several people, and the second signer is another one.
    pub(crate) fn same(&self, connection: &Connection, then: Option<Whom>) -> anyhow::Result<Whom> {
        let Some(then) = then else {
            return self.whom(connection);
        };
        let differs = |now: Option<String>, then: Option<&String>| now.is_some() && now.as_ref() != then;
        let bank = said("OPENPAYMENTS_BANK", self.bank.as_ref().map(ToString::to_string));
        let psu = self.psu.as_ref().map(|psu| psu.expose().to_owned());
        let psu = if then.corporate.is_some() { psu } else { said("OPENPAYMENTS_PSU", psu) };
        let other = [
            ("--bank", differs(bank, Some(&then.bank.to_string()))),
            ("--context", differs(self.context.map(|context| context.to_string()), Some(&then.context))),
            ("--psu", then.corporate.is_none() && differs(psu.clone(), then.psu.as_ref())),
            (
                "--corporate",
                differs(self.corporate.as_ref().map(|id| id.expose().to_owned()), then.corporate.as_ref()),
            ),
            ("--affiliated", self.affiliated.is_some() && self.affiliated != then.affiliated),
            ("--redirect", self.redirect.is_some() && self.redirect != then.redirect),
        ];
        match other.into_iter().find(|(_, differs)| *differs) {
            None => Ok(Whom { psu: psu.or(then.psu), ..then }),
            Some((name, _)) => {
                Err(Problem::usage(format!("{name} is not what this was begun with, at {}", then.bank))
                    .next(format!("leave {name} out"))
                    .into())
            }
        }
    }

    /// The handle for it, with the person there or not.
    pub(crate) fn open(&self, connection: &Connection, whom: &Whom) -> anyhow::Result<Bank> {
        let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let here = (connection.plan.target == Target::Local).then_some(local);
        let ip = self.ip.or(connection.plan.profile().psu_ip).or(here);
        whom.open(connection, ip.filter(|_| !self.unattended))
    }

    /// The bank that was named, here or in the profile.
    fn bic(&self, connection: &Connection) -> anyhow::Result<BicFi> {
        if let Some(bic) = &self.bank {
            return Ok(bic.clone());
        }
        let kept = connection.plan.profile().bank.as_deref().or_problem(|| {
            Problem::usage("no bank is named").next("give --bank BIC; openpayments banks list shows them")
        })?;
        Ok(kept.parse()?)
    }
}

/// What the command line says and the environment does not.
fn said(variable: &str, value: Option<String>) -> Option<String> {
    value.filter(|value| std::env::var(variable).ok().as_ref() != Some(value))
}

impl Whom {
    fn open(&self, connection: &Connection, ip: Option<IpAddr>) -> anyhow::Result<Bank> {
        let mut psu = Psu::new().user_agent(concat!("openpayments-cli/", env!("CARGO_PKG_VERSION")))?;
        if let Some(id) = &self.psu {
            psu = psu.id(PsuId::parse(id)?);
        }
        if let Some(id) = &self.corporate {
            psu = psu.corporate_id(CorporateId::parse(id)?);
        }
        if let Some(ip) = ip {
            psu = psu.ip_address(ip);
        }
        let mut bank = connection.client.bank(self.bank.clone(), self.context.parse()?).psu(psu);
        if let Some(id) = &self.affiliated {
            bank = bank.affiliated(id.clone());
        }
        if let Some(preferred) = self.redirect {
            bank = bank.redirect_preferred(preferred);
        }
        Ok(bank)
    }
}
