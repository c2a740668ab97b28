//! `openpayments banks explain`: what a bank demands, told without asking anybody.

use openpayments::banks::{Case, Platform, Profiles};
use openpayments::model::payment::PaymentProduct;
use openpayments::prelude::{BicFi, Context};

use crate::output::Output;
use crate::payments::Product;
use crate::plan::Plan;
use crate::problem::{OrProblem, Problem};
use crate::settings::Target;
use crate::views::banks::Explained;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The bank's BIC.
    bic: BicFi,
    /// What is to be paid by; reading accounts is explained without one.
    #[arg(long, value_enum, value_name = "PRODUCT")]
    product: Option<Product>,
    /// Personal or business accounts: private or corporate.
    #[arg(long, value_name = "CONTEXT", default_value = "private")]
    context: Context,
}

pub(crate) fn run(arguments: &Arguments, plan: &Plan, output: Output) -> anyhow::Result<()> {
    let platform = match plan.target {
        Target::Local | Target::Sandbox => Platform::Sandbox,
        Target::Production => Platform::Production,
    };
    let mut case = Case::new(platform, arguments.context);
    if let Some(product) = arguments.product {
        case = case.product(PaymentProduct::from(product));
    }
    let known = Profiles::built_in();
    let profile = known.find(&arguments.bic).or_problem(|| {
        let bics: Vec<&str> = known.iter().map(|profile| profile.bank.bic.as_str()).collect();
        Problem::usage(format!("nothing is known of {}", arguments.bic))
            .next(format!("something is known of {}", bics.join(", ")))
    })?;
    output.answer(&Explained(profile.explain(case)));
    Ok(())
}
