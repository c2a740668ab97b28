//! Values that must never be seen in what is printed.

/// Each is found again by any eight characters of it; the last four may be shown (K-2).
pub(crate) const SECRET: &str = "canarysecretvalue1";
pub(crate) const PERSON: &str = "199012319876";
pub(crate) const COMPANY: &str = "5566778899";
pub(crate) const IBAN: &str = "SE4550000000058398257466";
pub(crate) const BBAN: &str = "98761234567890";
pub(crate) const NAME: &str = "Kanarie Kanariesson";
pub(crate) const TEXT: &str = "kanarietexten";
pub(crate) const ID: &str = "0c0ffee0-1111-2222-3333-444455556666";
pub(crate) const IP: &str = "203.0.113.77";

pub(crate) fn assert_clean(what: &str, shown: &str) {
    for canary in [SECRET, PERSON, COMPANY, IBAN, BBAN, NAME, TEXT, ID, IP] {
        let letters: Vec<char> = canary.chars().collect();
        for piece in letters.windows(8) {
            let piece: String = piece.iter().collect();
            assert!(!shown.contains(&piece), "{what} shows {piece:?} of a canary: {shown}");
        }
    }
}
