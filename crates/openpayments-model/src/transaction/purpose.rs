//! What a payment is for, by code.

use serde::{Deserialize, Serialize};

/// What a payment is for: four characters of ISO 20022 `ExternalPurpose1Code`, such as `SALA` for a salary. Open: ISO
/// adds codes, and banks send others.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PurposeCode(Box<str>);

impl PurposeCode {
    /// The codes the platform's file lists, in order.
    #[rustfmt::skip]
    pub const KNOWN: &'static [&'static str] = &[
        "ACCT", "ADCS", "ADMG", "ADVA", "AEMP", "AGRT", "AIRB", "ALLW", "ALMY", "ANNI", "ANTS", "AREN", "B112",
        "BBSC", "BCDM", "BCFG", "BECH", "BENE", "BEXP", "BFWD", "BKDF", "BKFE", "BKFM", "BKIP", "BKPP", "BLDM",
        "BNET", "BOCE", "BONU", "BR12", "BUSB", "CAFI", "CASH", "CBFF", "CBFR", "CBLK", "CBTV", "CCHD", "CCIR",
        "CCPC", "CCPM", "CCRD", "CCSM", "CDBL", "CDCB", "CDCD", "CDCS", "CDDP", "CDEP", "CDOC", "CDQC", "CFDI",
        "CFEE", "CGDD", "CHAR", "CLPR", "CMDT", "COLL", "COMC", "COMM", "COMP", "COMT", "CORT", "COST", "CPKC",
        "CPYR", "CRDS", "CRPR", "CRSP", "CRTL", "CSDB", "CSLP", "CVCF", "DBTC", "DCRD", "DEPT", "DERI", "DIVD",
        "DMEQ", "DNTS", "DSMT", "DVPM", "ECPG", "ECPR", "ECPU", "EDUC", "ELEC", "ENRG", "EPAY", "EQPT", "EQUS",
        "ESTX", "ETUP", "EXPT", "EXTD", "FACT", "FAND", "FCOL", "FCPM", "FEES", "FERB", "FIXI", "FNET", "FORW",
        "FREX", "FUTR", "FWBC", "FWCC", "FWLV", "FWSB", "FWSC", "FXNT", "GASB", "GDDS", "GDSV", "GFRP", "GOVI",
        "GOVT", "GSCB", "GSTX", "GVEA", "GVEB", "GVEC", "GVED", "GWLT", "HEDG", "HLRP", "HLST", "HLTC", "HLTI",
        "HREC", "HSPC", "HSTX", "ICCP", "ICRF", "IDCP", "IHRP", "INPC", "INPR", "INSC", "INSM", "INSU", "INTC",
        "INTE", "INTX", "INVS", "IVPT", "LBIN", "LBRI", "LCOL", "LFEE", "LICF", "LIFI", "LIMA", "LMEQ", "LMFI",
        "LMRK", "LOAN", "LOAR", "LREB", "LREV", "LSFL", "LTCF", "MAFC", "MARF", "MARG", "MBSB", "MBSC", "MCDM",
        "MCFG", "MDCS", "MGCC", "MGSC", "MP2B", "MP2P", "MSVC", "MTUP", "NETT", "NITX", "NOWS", "NWCH", "NWCM",
        "OCCC", "OCDM", "OCFG", "OFEE", "OPBC", "OPCC", "OPSB", "OPSC", "OPTN", "OTCD", "OTHR", "OTLC", "PADD",
        "PAYR", "PEFC", "PENO", "PENS", "PHON", "POPE", "PPTI", "PRCP", "PRME", "PTSP", "PTXP", "RCKE", "RCPT",
        "RDTX", "REBT", "REFU", "RELG", "RENT", "REOD", "REPO", "RHBS", "RIMB", "RINP", "RLWY", "ROYA", "RPBC",
        "RPCC", "RPNT", "RPSB", "RPSC", "RRBN", "RVPM", "RVPO", "SALA", "SAVG", "SBSC", "SCIE", "SCIR", "SCRP",
        "SCVE", "SECU", "SEPI", "SERV", "SHBC", "SHCC", "SHSL", "SLEB", "SLOA", "SLPI", "SPLT", "SSBE", "STDY",
        "SUBS", "SUPP", "SWBC", "SWCC", "SWFP", "SWPP", "SWPT", "SWRS", "SWSB", "SWSC", "SWUF", "TAXR", "TAXS",
        "TBAN", "TBAS", "TBBC", "TBCC", "TBIL", "TCSC", "TELI", "TLRF", "TLRR", "TMPG", "TPRI", "TPRP", "TRAD",
        "TRCP", "TREA", "TRFD", "TRNC", "TRPT", "TRVC", "UBIL", "UNIT", "VATX", "VIEW", "WEBI", "WHLD", "WTER",
    ];

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of those the platform's file lists.
    pub fn is_known(&self) -> bool {
        Self::KNOWN.binary_search(&self.as_str()).is_ok()
    }
}

impl From<&str> for PurposeCode {
    fn from(code: &str) -> Self {
        Self(code.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_or_kept() {
        assert_eq!(PurposeCode::KNOWN.len(), 286);
        assert!(PurposeCode::KNOWN.is_sorted());
        assert!(PurposeCode::from("SALA").is_known());
        let new: PurposeCode = serde_json::from_str(r#""NEW1""#).unwrap();
        assert!(!new.is_known());
        assert_eq!(new.as_str(), "NEW1");
    }
}
