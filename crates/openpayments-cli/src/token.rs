//! `openpayments token`: an access token for scopes.

use clap::ValueEnum;
use openpayments::api::CallContext;
use openpayments::api::token::ClientCredentialsGrant;
use openpayments::prelude::{Context, Product, ScopeSet};
use secrecy::ExposeSecret;

use crate::arguments::Options;
use crate::connection::Connection;
use crate::output::Output;
use crate::terminal;
use crate::views::token::Token;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What it is for; can be repeated.
    #[arg(long = "product", value_enum, value_name = "PRODUCT", default_value = "aspspinformation")]
    products: Vec<For>,
    /// Personal or business accounts: private or corporate.
    #[arg(long, value_name = "CONTEXT")]
    context: Option<Context>,
    /// Print the token itself, and nothing else. Whoever has it can use it until it ends.
    #[arg(long)]
    show: bool,
}

/// A product of the platform, by its scope word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum For {
    /// The bank directory.
    AspspInformation,
    /// Consents and account data.
    AccountInformation,
    /// Payments and signing baskets.
    PaymentInitiation,
    /// Extra transactions from Bankgirot.
    BankgiroInformation,
}

impl From<For> for Product {
    fn from(product: For) -> Self {
        match product {
            For::AspspInformation => Self::AspspInformation,
            For::AccountInformation => Self::AccountInformation,
            For::PaymentInitiation => Self::PaymentInitiation,
            For::BankgiroInformation => Self::BankgiroInformation,
        }
    }
}

pub(crate) async fn run(arguments: Arguments, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    let context = connection.context(arguments.context)?;
    let mut products = arguments.products.into_iter().map(Product::from);
    let first = products.next().unwrap_or(Product::AspspInformation);
    let scopes = products.fold(ScopeSet::new(first, context), ScopeSet::and);
    let credentials = connection.plan.way()?.credentials;
    let caller = connection.client.caller();
    let grant = ClientCredentialsGrant::new(&credentials, &scopes);
    let platform = CallContext::directory(context);
    let call = caller.call(&grant, &platform);
    let token = connection.output.waiting("Fetching a token", call).await?;
    if arguments.show && !output.is_json() {
        terminal::line(token.body.secret.expose_secret());
    } else {
        output.answer(&Token::of(&token, scopes, arguments.show));
    }
    Ok(())
}
