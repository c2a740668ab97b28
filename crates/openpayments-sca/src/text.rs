//! Words for the PSU, in the languages of the banks.

mod bankid;

pub use self::bankid::{BankIdState, BankIdText};
use crate::event::Step;
use crate::outcome::Outcome;

/// A language of the PSU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lang {
    /// Swedish.
    Sv,
    /// English.
    #[default]
    En,
    /// Norwegian, Bokmål.
    Nb,
    /// Danish.
    Da,
    /// Finnish.
    Fi,
}

impl Lang {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Sv, Self::En, Self::Nb, Self::Da, Self::Fi];

    /// The language of a tag such as `sv-SE`, if it is one of ours. `no` and `nn` are read as Bokmål.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match primary.as_str() {
            "sv" => Some(Self::Sv),
            "en" => Some(Self::En),
            "nb" | "no" | "nn" => Some(Self::Nb),
            "da" => Some(Self::Da),
            "fi" => Some(Self::Fi),
            _ => None,
        }
    }

    /// The language's tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Sv => "sv",
            Self::En => "en",
            Self::Nb => "nb",
            Self::Da => "da",
            Self::Fi => "fi",
        }
    }

    /// The one of five texts that is in this language, in the order of [`ALL`](Self::ALL).
    fn pick(self, [sv, en, nb, da, fi]: [&'static str; 5]) -> &'static str {
        match self {
            Self::Sv => sv,
            Self::En => en,
            Self::Nb => nb,
            Self::Da => da,
            Self::Fi => fi,
        }
    }
}

impl Step {
    /// What the PSU is asked to do.
    pub fn psu_prompt(self, lang: Lang) -> &'static str {
        lang.pick(match self {
            Self::Waiting => {
                ["Vänta ett ögonblick.", "Please wait.", "Vent litt.", "Vent et øjeblik.", "Odota hetki."]
            }
            Self::Authenticate => [
                "Logga in med BankID.",
                "Log in with BankID.",
                "Logg inn med BankID.",
                "Log ind med BankID.",
                "Kirjaudu sisään BankID:llä.",
            ],
            Self::ApproveRecipient => [
                "Godkänn den nya mottagaren med BankID.",
                "Approve the new recipient with BankID.",
                "Godkjenn den nye mottakeren med BankID.",
                "Godkend den nye modtager med BankID.",
                "Hyväksy uusi saaja BankID:llä.",
            ],
            Self::Sign => [
                "Öppna BankID och skriv under.",
                "Open BankID and sign.",
                "Åpne BankID og signer.",
                "Åbn BankID, og underskriv.",
                "Avaa BankID ja allekirjoita.",
            ],
            Self::Done => ["Klart.", "Done.", "Ferdig.", "Færdig.", "Valmis."],
        })
    }
}

impl Outcome {
    /// What the PSU is told at the end.
    pub fn psu_prompt(&self, lang: Lang) -> &'static str {
        lang.pick(match self {
            Self::Superseded => return BankIdText::Superseded.text(lang),
            Self::Blocked => return BankIdText::Stopped.text(lang),
            Self::Completed(_) => [
                "Klart. Banken har tagit emot din underskrift.",
                "Done. The bank has taken your signature.",
                "Ferdig. Banken har mottatt signaturen din.",
                "Færdig. Banken har modtaget din underskrift.",
                "Valmis. Pankki on vastaanottanut allekirjoituksesi.",
            ],
            Self::Refused | Self::Cancelled => [
                "Avbrutet. Inget har skrivits under.",
                "Cancelled. Nothing was signed.",
                "Avbrutt. Ingenting er signert.",
                "Annulleret. Intet er underskrevet.",
                "Keskeytetty. Mitään ei allekirjoitettu.",
            ],
            Self::Expired => [
                "Tiden gick ut. Försök igen.",
                "Time ran out. Try again.",
                "Tiden gikk ut. Prøv igjen.",
                "Tiden løb ud. Prøv igen.",
                "Aika loppui. Yritä uudelleen.",
            ],
            Self::NeedsAnotherSigner(_) => [
                "Du har skrivit under. Ytterligare en person behöver skriva under.",
                "You have signed. Another person has to sign too.",
                "Du har signert. Enda en person må signere.",
                "Du har underskrevet. Endnu en person skal underskrive.",
                "Olet allekirjoittanut. Myös toisen henkilön on allekirjoitettava.",
            ],
            Self::Failed { .. } => [
                "Det gick inte att skriva under.",
                "It could not be signed.",
                "Det gikk ikke å signere.",
                "Det lykkedes ikke at underskrive.",
                "Allekirjoittaminen ei onnistunut.",
            ],
            Self::StillPending => [
                "Banken har inte svarat ännu. Skriv inte under en gång till.",
                "The bank has not answered yet. Do not sign again.",
                "Banken har ikke svart ennå. Ikke signer på nytt.",
                "Banken har ikke svaret endnu. Underskriv ikke igen.",
                "Pankki ei ole vielä vastannut. Älä allekirjoita uudelleen.",
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a14_every_step_has_words_of_its_own_in_every_language() {
        let steps = [Step::Waiting, Step::Authenticate, Step::ApproveRecipient, Step::Sign, Step::Done];
        let mut seen = std::collections::BTreeSet::new();
        for lang in Lang::ALL {
            for step in steps {
                let text = step.psu_prompt(lang);
                assert!(text.ends_with('.') && seen.insert(text), "{lang:?} {step:?}");
            }
        }
    }

    #[test]
    fn a_language_is_known_by_its_tag() {
        for lang in Lang::ALL {
            assert_eq!(Lang::of_tag(lang.tag()), Some(lang));
        }
        assert_eq!(Lang::of_tag("sv-FI"), Some(Lang::Sv));
        assert_eq!(Lang::of_tag("no"), Some(Lang::Nb));
        assert_eq!(Lang::of_tag("de"), None);
    }
}
