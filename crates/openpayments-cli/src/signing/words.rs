//! What the command itself says to the person who signs, beside the SDK's words, in that person's language.

use openpayments::prelude::Lang;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// Several ways to sign: which one?
    WhichWay,
    /// The time to open the app is over: once more?
    OnceMore,
    /// Before a link into the app.
    OpenHere,
    /// Before the link to the bank's page.
    OnItsPage,
    /// The browser is at the bank already.
    IsAtBank,
    /// Bring the address the browser ended at.
    PasteAddress,
    /// That was another address.
    OtherAddress,
    /// Before the bank's own words.
    BankSays,
    /// The bank cannot be reached; it is tried again.
    TryingAgain,
    /// The window is too small for the code.
    TooSmall,
    /// The bank sends the code in a form that cannot be drawn.
    NoCode,
    /// The terminal speaks no UTF-8.
    NoBlocks,
    /// To the browser that came back.
    Close,
}

impl Words {
    pub(crate) fn text(self, lang: Lang) -> &'static str {
        let [sv, en, nb, da, fi] = self.texts();
        match lang {
            Lang::Sv => sv,
            Lang::Nb => nb,
            Lang::Da => da,
            Lang::Fi => fi,
            _ => en,
        }
    }

    fn texts(self) -> [&'static str; 5] {
        match self {
            Self::WhichWay => [
                "Hur vill du skriva under?",
                "How do you want to sign?",
                "Hvordan vil du signere?",
                "Hvordan vil du underskrive?",
                "Miten haluat allekirjoittaa?",
            ],
            Self::OnceMore => [
                "De 30 sekunderna för att öppna appen har gått. Skriva under igen? [j/N]",
                "The 30 seconds to open the app are over. Sign again? [y/N]",
                "De 30 sekundene til å åpne appen er over. Signere på nytt? [j/N]",
                "De 30 sekunder til at åbne appen er gået. Underskrive igen? [j/N]",
                "Sovelluksen avaamiseen varatut 30 sekuntia ovat kuluneet. Allekirjoitetaanko uudelleen? [k/E]",
            ],
            Self::OpenHere => [
                "Öppna på den här datorn:",
                "Open on this machine:",
                "Åpne på denne maskinen:",
                "Åbn på denne computer:",
                "Avaa tällä koneella:",
            ],
            Self::OnItsPage => [
                "Du skriver under på bankens egen sida. Öppna den i en webbläsare:",
                "The bank signs on its own page. Open it in a browser:",
                "Du signerer på bankens egen side. Åpne den i en nettleser:",
                "Du underskriver på bankens egen side. Åbn den i en browser:",
                "Allekirjoitus tehdään pankin omalla sivulla. Avaa se selaimessa:",
            ],
            Self::IsAtBank => [
                "Webbläsaren är på bankens sida. Avsluta där; kom den inte tillbaka, ladda om dess sista sida.",
                "The browser is at the bank's page. Finish there; if it could not come back, load its last page again.",
                "Nettleseren er på bankens side. Fullfør der; kom den ikke tilbake, last dens siste side på nytt.",
                "Browseren er på bankens side. Gør færdig der; kom den ikke tilbage, så genindlæs dens sidste side.",
                "Selain on pankin sivulla. Vie asia loppuun siellä; jos se ei palannut, lataa sen viimeinen sivu uudelleen.",
            ],
            Self::PasteAddress => [
                "När banken är klar är webbläsaren på adressen nedan med mera därefter. Klistra in hela adressen:",
                "When the bank is done, the browser is at the address below with more behind it. Paste all of it:",
                "Når banken er ferdig, er nettleseren på adressen under med mer bak. Lim inn hele adressen:",
                "Når banken er færdig, er browseren på adressen nedenfor med mere efter. Indsæt hele adressen:",
                "Kun pankki on valmis, selain on alla olevassa osoitteessa, jonka perässä on lisää. Liitä koko osoite:",
            ],
            Self::OtherAddress => [
                "Det är inte adressen för den här underskriften.",
                "That is not the address of this signature.",
                "Det er ikke adressen til denne signaturen.",
                "Det er ikke adressen for denne underskrift.",
                "Se ei ole tämän allekirjoituksen osoite.",
            ],
            Self::BankSays => {
                ["Banken säger:", "The bank says:", "Banken sier:", "Banken siger:", "Pankki sanoo:"]
            }
            Self::TryingAgain => [
                "Banken nås inte, försöker igen:",
                "The bank cannot be reached, trying again:",
                "Banken kan ikke nås, prøver igjen:",
                "Banken kan ikke nås, prøver igen:",
                "Pankkiin ei saada yhteyttä, yritetään uudelleen:",
            ],
            Self::TooSmall => [
                "Gör fönstret större för koden, eller ge --qr-file. Kolumner × rader:",
                "Make the window larger for the code, or give --qr-file. Columns × lines:",
                "Gjør vinduet større for koden, eller gi --qr-file. Kolonner × linjer:",
                "Gør vinduet større til koden, eller giv --qr-file. Kolonner × linjer:",
                "Suurenna ikkunaa koodia varten tai anna --qr-file. Sarakkeet × rivit:",
            ],
            Self::NoCode => [
                "Banken skickar koden som en bild: öppna länken, eller ge --qr-file.",
                "The bank sends the code as a picture: open the link, or give --qr-file.",
                "Banken sender koden som et bilde: åpne lenken, eller gi --qr-file.",
                "Banken sender koden som et billede: åbn linket, eller giv --qr-file.",
                "Pankki lähettää koodin kuvana: avaa linkki tai anna --qr-file.",
            ],
            Self::NoBlocks => [
                "Koden kan inte ritas i den här terminalen: öppna länken, eller ge --qr-file.",
                "This terminal cannot draw the code: open the link, or give --qr-file.",
                "Koden kan ikke tegnes i denne terminalen: åpne lenken, eller gi --qr-file.",
                "Koden kan ikke tegnes i denne terminal: åbn linket, eller giv --qr-file.",
                "Tämä pääte ei voi piirtää koodia: avaa linkki tai anna --qr-file.",
            ],
            Self::Close => [
                "Tack. Du kan stänga sidan och gå tillbaka till terminalen.",
                "Thank you. You can close this page and return to the terminal.",
                "Takk. Du kan lukke siden og gå tilbake til terminalen.",
                "Tak. Du kan lukke siden og gå tilbage til terminalen.",
                "Kiitos. Voit sulkea sivun ja palata päätteeseen.",
            ],
        }
    }
}

/// Whether an answer to [`Words::OnceMore`] says yes, in any of the languages.
pub(super) fn is_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "y" | "yes" | "j" | "ja" | "k" | "kyllä")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_spoken_to_in_one_language() {
        let words = [Words::WhichWay, Words::OnceMore, Words::OpenHere, Words::BankSays, Words::Close];
        for words in words {
            assert_eq!(words.text(Lang::Sv), words.texts()[0]);
            let [sv, en, nb, da, fi] = Lang::ALL.map(|lang| words.text(lang));
            assert!(sv != en && nb != en && da != en && fi != en && fi != sv, "{words:?}");
        }
        assert!(["j", "Ja", "y", "KYLLÄ"].iter().all(|answer| is_yes(answer)) && !is_yes("n") && !is_yes(""));
    }
}
