//! `openpayments call`: any call of the platform, with the token, the limits and the errors of the others.

use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::Method;
use openpayments::api::CallContext;
use openpayments::api::raw::{RawAnswer, RawRead, RawWrite};
use openpayments::client::Response;
use openpayments::model::identifier::ConsentId;
use openpayments::prelude::{Error, Product};

use crate::arguments::Options;
use crate::at_bank::AtBank;
use crate::connection::Connection;
use crate::output::Output;
use crate::problem::{OrProblem, Problem};
use crate::token::For;
use crate::views::call::Called;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The method: GET reads; any other may change something and is sent once.
    #[arg(value_parser = method)]
    method: Method,
    /// The path, with its query, such as /psd2/aspspinformation/v1/countries.
    path: String,
    /// What the token is for; told by the path where it can be.
    #[arg(long, value_enum, value_name = "PRODUCT")]
    product: Option<For>,
    /// The file with the JSON to send, `-` for standard input.
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// The consent to read by.
    #[arg(long, value_name = "ID")]
    consent: Option<ConsentId>,
    /// A header of your own; can be repeated.
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// Show the status and the headers of the answer too.
    #[arg(long, short)]
    include: bool,
    #[command(flatten)]
    at: AtBank,
}

fn method(text: &str) -> Result<Method, String> {
    text.to_ascii_uppercase().parse().map_err(|_| "give GET, POST, PUT, PATCH or DELETE".to_owned())
}

/// The headers, read here and not with the other words: what is wrong with those is told with their values, and one of
/// these may be a secret that has no place here.
fn headers(arguments: &Arguments) -> anyhow::Result<Vec<(&str, &str)>> {
    let mut headers = Vec::new();
    for text in &arguments.header {
        let (name, value) = text.split_once(':').or_problem(|| {
            Problem::usage("a header has no name").next("give it as --header 'Name: value'")
        })?;
        headers.push((name.trim(), value.trim()));
    }
    Ok(headers)
}

pub(crate) async fn run(arguments: Arguments, options: &Options, output: Output) -> anyhow::Result<()> {
    let connection = Connection::open(options, output)?;
    let product = product(&arguments)?;
    let call = call(&connection, &arguments, product);
    let answer = connection.output.waiting("Waiting for the answer", call).await?;
    output.answer(&Called::of(&answer, arguments.include));
    Ok(())
}

async fn call(
    connection: &Connection,
    arguments: &Arguments,
    product: Product,
) -> anyhow::Result<Response<RawAnswer>> {
    let context = connection.context(arguments.at.context)?;
    let is_to_bank = arguments.at.bank.is_some() || connection.plan.profile().bank.is_some();
    if arguments.method == Method::GET {
        if arguments.body.is_some() {
            return Err(Problem::usage("a GET has no body").into());
        }
        let mut read = RawRead::get(&arguments.path, product)?;
        if let Some(consent) = &arguments.consent {
            read = read.consent(consent.clone());
        }
        return send(connection, arguments, is_to_bank, context, &read).await;
    }
    let mut write = RawWrite::new(arguments.method.clone(), &arguments.path, product)?;
    if let Some(body) = &arguments.body {
        write = write.json(read_body(body)?);
    }
    if let Some(consent) = &arguments.consent {
        write = write.consent(consent.clone());
    }
    send(connection, arguments, is_to_bank, context, &write).await
}

async fn send<O>(
    connection: &Connection,
    arguments: &Arguments,
    is_to_bank: bool,
    context: openpayments::prelude::Context,
    operation: &O,
) -> anyhow::Result<Response<RawAnswer>>
where
    O: openpayments::api::Operation<Output = RawAnswer> + Sync,
{
    if is_to_bank {
        let mut bank = arguments.at.open(connection, &arguments.at.whom(connection)?)?;
        for (name, value) in headers(arguments)? {
            bank = bank.header(name, value)?;
        }
        return Ok(bank.call(operation).await?);
    }
    let mut platform = CallContext::directory(context);
    for (name, value) in headers(arguments)? {
        platform = platform.header(name, value)?;
    }
    let answer: Result<_, Error> = connection.client.caller().call(operation, &platform).await;
    Ok(answer?)
}

fn product(arguments: &Arguments) -> anyhow::Result<Product> {
    if let Some(product) = arguments.product {
        return Ok(product.into());
    }
    let is_for = |word: &str| arguments.path.contains(word);
    if is_for("/aspspinformation/") {
        Ok(Product::AspspInformation)
    } else if is_for("/accountinformation/") || is_for("/consent/") {
        Ok(Product::AccountInformation)
    } else if is_for("/paymentinitiation/") {
        Ok(Product::PaymentInitiation)
    } else {
        Err(Problem::usage("the path does not tell what the token is to be for")
            .next("give --product")
            .into())
    }
}

fn read_body(path: &Path) -> anyhow::Result<Bytes> {
    const LARGEST: u64 = 8 * 1024 * 1024;
    let mut body = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(LARGEST).read_to_end(&mut body)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut body))
    };
    read.or_problem(|| Problem::usage(format!("the body cannot be read from {}", path.display())))?;
    serde_json::from_slice::<serde::de::IgnoredAny>(&body).map_err(|error| {
        Problem::usage(format!("the body is no JSON: line {}, column {}", error.line(), error.column()))
    })?;
    Ok(body.into())
}
