//! What BankID advises to tell the PSU, by BankID's own hint codes. Most banks keep these to themselves; those that pass
//! them on do so in messages or in the challenge.

use super::Lang;

/// Whether the BankID order goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BankIdState {
    /// It waits for the PSU.
    Pending,
    /// It is over without a signature.
    Failed,
}

/// One of BankID's recommended messages, by the id its documentation gives it (RFA1 to RFA23). The words are ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BankIdText {
    /// RFA1: open the app.
    OpenApp,
    /// RFA2: the app is not installed.
    NotInstalled,
    /// RFA3: cancelled, since another order came.
    Superseded,
    /// RFA4: an order for this person is under way already.
    AlreadyInProgress,
    /// RFA5: an error inside BankID.
    InternalError,
    /// RFA6: the PSU cancelled.
    UserCancelled,
    /// RFA8: the app did not answer in time.
    Expired,
    /// RFA9: enter the security code.
    EnterCode,
    /// RFA13: the app is being opened.
    Opening,
    /// RFA14: looking for a BankID on this device.
    SearchingHere,
    /// RFA15: looking for a BankID on the device that scanned.
    SearchingThere,
    /// RFA16: the BankID is blocked or too old.
    Blocked,
    /// RFA17, by link: the app could not be found here.
    NotFoundHere,
    /// RFA17, by QR code: the code could not be scanned.
    NotScanned,
    /// RFA18: press to open the app.
    PressToOpen,
    /// RFA19 and RFA20: which device to use.
    WhichDevice,
    /// RFA21: under way.
    InProgress,
    /// RFA22: failed, nobody knows why.
    UnknownError,
    /// RFA23: confirm with an identity document.
    ScanDocument,
    /// The PSU says that a caller put them up to it, or BankID holds it to be fraud. No message of its own is published
    /// here; nothing more should be told.
    Stopped,
}

impl BankIdText {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::OpenApp,
        Self::NotInstalled,
        Self::Superseded,
        Self::AlreadyInProgress,
        Self::InternalError,
        Self::UserCancelled,
        Self::Expired,
        Self::EnterCode,
        Self::Opening,
        Self::SearchingHere,
        Self::SearchingThere,
        Self::Blocked,
        Self::NotFoundHere,
        Self::NotScanned,
        Self::PressToOpen,
        Self::WhichDevice,
        Self::InProgress,
        Self::UnknownError,
        Self::ScanDocument,
        Self::Stopped,
    ];

    /// The message for a hint code. `by_qr`: the PSU scans a code with another device, and opens no link on this one.
    /// A hint nobody knows is "under way" while the order is pending, and "unknown error" when it has failed.
    pub fn of_hint(state: BankIdState, hint: &str, by_qr: bool) -> Self {
        match (state, hint) {
            (BankIdState::Pending, "outstandingTransaction") if by_qr => Self::OpenApp,
            (BankIdState::Pending, "outstandingTransaction") => Self::Opening,
            (BankIdState::Pending, "noClient") => Self::OpenApp,
            (BankIdState::Pending, "started") if by_qr => Self::SearchingThere,
            (BankIdState::Pending, "started") => Self::SearchingHere,
            (BankIdState::Pending, "userSign") => Self::EnterCode,
            (BankIdState::Pending, "userMrtd") => Self::ScanDocument,
            (BankIdState::Pending, _) => Self::InProgress,
            (BankIdState::Failed, "expiredTransaction") => Self::Expired,
            (BankIdState::Failed, "certificateErr" | "notSupportedByUserApp") => Self::Blocked,
            (BankIdState::Failed, "userCancel") => Self::UserCancelled,
            (BankIdState::Failed, "cancelled") => Self::Superseded,
            (BankIdState::Failed, "startFailed") if by_qr => Self::NotScanned,
            (BankIdState::Failed, "startFailed") => Self::NotFoundHere,
            (BankIdState::Failed, "userDeclinedCall" | "transactionRiskBlocked") => Self::Stopped,
            (BankIdState::Failed, _) => Self::UnknownError,
        }
    }

    /// The id in BankID's documentation, if it has one.
    pub fn id(self) -> Option<&'static str> {
        Some(match self {
            Self::OpenApp => "RFA1",
            Self::NotInstalled => "RFA2",
            Self::Superseded => "RFA3",
            Self::AlreadyInProgress => "RFA4",
            Self::InternalError => "RFA5",
            Self::UserCancelled => "RFA6",
            Self::Expired => "RFA8",
            Self::EnterCode => "RFA9",
            Self::Opening => "RFA13",
            Self::SearchingHere => "RFA14",
            Self::SearchingThere => "RFA15",
            Self::Blocked => "RFA16",
            Self::NotFoundHere | Self::NotScanned => "RFA17",
            Self::PressToOpen => "RFA18",
            Self::WhichDevice => "RFA19",
            Self::InProgress => "RFA21",
            Self::UnknownError => "RFA22",
            Self::ScanDocument => "RFA23",
            Self::Stopped => return None,
        })
    }

    /// The words.
    #[expect(clippy::too_many_lines, reason = "a table of words")]
    pub fn text(self, lang: Lang) -> &'static str {
        lang.pick(match self {
            Self::OpenApp => [
                "Öppna BankID-appen.",
                "Open the BankID app.",
                "Åpne BankID-appen.",
                "Åbn BankID-appen.",
                "Avaa BankID-sovellus.",
            ],
            Self::NotInstalled => [
                "BankID-appen finns inte på enheten. Installera den och försök igen.",
                "The BankID app is not on this device. Install it and try again.",
                "BankID-appen finnes ikke på enheten. Installer den og prøv igjen.",
                "BankID-appen findes ikke på enheden. Installer den, og prøv igen.",
                "BankID-sovellusta ei ole tässä laitteessa. Asenna se ja yritä uudelleen.",
            ],
            Self::Superseded => [
                "Det avbröts av en ny begäran. Försök igen.",
                "A newer request cancelled this one. Try again.",
                "En nyere forespørsel avbrøt denne. Prøv igjen.",
                "En nyere anmodning annullerede denne. Prøv igen.",
                "Uudempi pyyntö keskeytti tämän. Yritä uudelleen.",
            ],
            Self::AlreadyInProgress => [
                "En inloggning eller underskrift pågår redan för dig. Avsluta den och försök igen.",
                "A login or a signature is already under way for you. End it and try again.",
                "En innlogging eller signering pågår allerede for deg. Avslutt den og prøv igjen.",
                "Et login eller en underskrift er allerede i gang for dig. Afslut det, og prøv igen.",
                "Sinulla on jo kirjautuminen tai allekirjoitus kesken. Lopeta se ja yritä uudelleen.",
            ],
            Self::InternalError => [
                "Något gick fel hos BankID. Försök igen.",
                "Something went wrong at BankID. Try again.",
                "Noe gikk galt hos BankID. Prøv igjen.",
                "Noget gik galt hos BankID. Prøv igen.",
                "BankID-palvelussa tapahtui virhe. Yritä uudelleen.",
            ],
            Self::UserCancelled => [
                "Du avbröt.",
                "You cancelled.",
                "Du avbrøt.",
                "Du annullerede.",
                "Keskeytit toiminnon.",
            ],
            Self::Expired => [
                "BankID-appen svarade inte. Öppna den, se till att du har internet och försök igen.",
                "The BankID app did not answer. Open it, check your connection and try again.",
                "BankID-appen svarte ikke. Åpne den, sjekk nettforbindelsen og prøv igjen.",
                "BankID-appen svarede ikke. Åbn den, tjek din forbindelse, og prøv igen.",
                "BankID-sovellus ei vastannut. Avaa se, tarkista yhteys ja yritä uudelleen.",
            ],
            Self::EnterCode => [
                "Ange din säkerhetskod i BankID-appen och bekräfta.",
                "Enter your security code in the BankID app and confirm.",
                "Skriv sikkerhetskoden i BankID-appen og bekreft.",
                "Indtast din sikkerhedskode i BankID-appen, og bekræft.",
                "Syötä turvakoodisi BankID-sovellukseen ja vahvista.",
            ],
            Self::Opening => [
                "BankID-appen öppnas.",
                "The BankID app is being opened.",
                "BankID-appen åpnes.",
                "BankID-appen åbnes.",
                "BankID-sovellusta avataan.",
            ],
            Self::SearchingHere => [
                "Letar efter ett BankID på den här enheten. Händer inget kan du behöva hämta ett hos din bank.",
                "Looking for a BankID on this device. If nothing happens, you may need to get one from your bank.",
                "Leter etter en BankID på denne enheten. Skjer det ingenting, må du kanskje skaffe en hos banken.",
                "Leder efter et BankID på denne enhed. Sker der intet, skal du måske hente et hos din bank.",
                "Etsitään BankID:tä tästä laitteesta. Jos mitään ei tapahdu, hanki sellainen pankistasi.",
            ],
            Self::SearchingThere => [
                "Letar efter ett BankID i telefonen. Händer inget kan du behöva hämta ett hos din bank.",
                "Looking for a BankID on the phone. If nothing happens, you may need to get one from your bank.",
                "Leter etter en BankID på telefonen. Skjer det ingenting, må du kanskje skaffe en hos banken.",
                "Leder efter et BankID på telefonen. Sker der intet, skal du måske hente et hos din bank.",
                "Etsitään BankID:tä puhelimesta. Jos mitään ei tapahdu, hanki sellainen pankistasi.",
            ],
            Self::Blocked => [
                "Det BankID du använder är spärrat eller för gammalt. Välj ett annat eller hämta ett nytt hos din bank.",
                "The BankID you use is blocked or too old. Use another or get a new one from your bank.",
                "BankID-en du bruker er sperret eller for gammel. Bruk en annen eller skaff en ny hos banken.",
                "Det BankID, du bruger, er spærret eller for gammelt. Brug et andet, eller hent et nyt hos din bank.",
                "Käyttämäsi BankID on suljettu tai liian vanha. Käytä toista tai hanki uusi pankistasi.",
            ],
            Self::NotFoundHere => [
                "BankID-appen hittades inte här. Installera den, eller använd en annan enhet.",
                "The BankID app was not found here. Install it, or use another device.",
                "BankID-appen ble ikke funnet her. Installer den, eller bruk en annen enhet.",
                "BankID-appen blev ikke fundet her. Installer den, eller brug en anden enhed.",
                "BankID-sovellusta ei löytynyt täältä. Asenna se tai käytä toista laitetta.",
            ],
            Self::NotScanned => [
                "QR-koden lästes inte av i tid. Öppna BankID-appen, välj att skanna och försök igen.",
                "The QR code was not scanned in time. Open the BankID app, choose to scan and try again.",
                "QR-koden ble ikke skannet i tide. Åpne BankID-appen, velg å skanne og prøv igjen.",
                "QR-koden blev ikke scannet i tide. Åbn BankID-appen, vælg at scanne, og prøv igen.",
                "QR-koodia ei luettu ajoissa. Avaa BankID-sovellus, valitse lukeminen ja yritä uudelleen.",
            ],
            Self::PressToOpen => [
                "Tryck för att öppna BankID-appen.",
                "Press to open the BankID app.",
                "Trykk for å åpne BankID-appen.",
                "Tryk for at åbne BankID-appen.",
                "Avaa BankID-sovellus painamalla.",
            ],
            Self::WhichDevice => [
                "Vill du använda BankID på den här enheten eller på en annan?",
                "Do you want to use BankID on this device or on another?",
                "Vil du bruke BankID på denne enheten eller på en annen?",
                "Vil du bruge BankID på denne enhed eller på en anden?",
                "Haluatko käyttää BankID:tä tässä vai toisessa laitteessa?",
            ],
            Self::InProgress => [
                "Inloggning eller underskrift pågår.",
                "Login or signature is under way.",
                "Innlogging eller signering pågår.",
                "Login eller underskrift er i gang.",
                "Kirjautuminen tai allekirjoitus on kesken.",
            ],
            Self::UnknownError => [
                "Något gick fel. Försök igen.",
                "Something went wrong. Try again.",
                "Noe gikk galt. Prøv igjen.",
                "Noget gik galt. Prøv igen.",
                "Jokin meni vikaan. Yritä uudelleen.",
            ],
            Self::ScanDocument => [
                "Läs av ditt pass eller id-kort i BankID-appen.",
                "Scan your passport or identity card in the BankID app.",
                "Skann passet eller ID-kortet i BankID-appen.",
                "Scan dit pas eller id-kort i BankID-appen.",
                "Lue passisi tai henkilökorttisi BankID-sovelluksella.",
            ],
            Self::Stopped => [
                "Det stoppades för din säkerhet. Kontakta din bank.",
                "It was stopped for your safety. Contact your bank.",
                "Det ble stoppet for din sikkerhet. Kontakt banken din.",
                "Det blev stoppet for din sikkerhed. Kontakt din bank.",
                "Se pysäytettiin turvallisuutesi vuoksi. Ota yhteys pankkiisi.",
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a14_every_message_has_words_of_its_own_in_every_language() {
        let mut seen = std::collections::BTreeSet::new();
        for text in BankIdText::ALL {
            for lang in Lang::ALL {
                let words = text.text(lang);
                assert!(!words.is_empty() && seen.insert(words), "{text:?} {lang:?}");
            }
        }
    }

    #[test]
    fn i141_hints_are_told_apart_and_new_ones_are_no_surprise() {
        let of = BankIdText::of_hint;
        assert_eq!(of(BankIdState::Failed, "userDeclinedCall", false), BankIdText::Stopped);
        assert_eq!(of(BankIdState::Failed, "transactionRiskBlocked", false), BankIdText::Stopped);
        assert_eq!(of(BankIdState::Failed, "notSupportedByUserApp", true), BankIdText::Blocked);
        assert_eq!(of(BankIdState::Pending, "brandNew", true).id(), Some("RFA21"));
        assert_eq!(of(BankIdState::Failed, "brandNew", true).id(), Some("RFA22"));
        assert_ne!(
            of(BankIdState::Failed, "startFailed", true),
            of(BankIdState::Failed, "startFailed", false)
        );
    }
}
