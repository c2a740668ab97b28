//! `openpayments payments create`.

use openpayments::Bank;
use openpayments::model::payment::{Domestic, International, Sepa, TransferProduct};
use openpayments::prelude::Amount;

use super::begin::{Begun, Intent};
use super::order::{Order, Product};
use super::sign;
use crate::at_bank::AtBank;
use crate::connection::Connection;
use crate::money::Money;
use crate::signing::Signing;
use crate::views::payments::Created;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// By which rails.
    #[arg(value_enum)]
    product: Product,
    #[command(flatten)]
    order: Order,
    /// What to call it: the same key never pays twice. Without one the payment itself is the key, so that the same words
    /// go on with the same payment.
    #[arg(long, value_name = "KEY", value_parser = key)]
    key: Option<String>,
    /// Create it anew although an earlier attempt got no answer and may exist, unsigned, at the bank. Look for that first:
    /// openpayments payments reconcile.
    #[arg(long)]
    anew: bool,
    /// Create it only; have it signed later with `openpayments payments sign`, or many in a basket.
    #[arg(long)]
    unsigned: bool,
    #[command(flatten)]
    money: Money,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    at: AtBank,
}

/// A key that can stand in a command line.
pub(super) fn key(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 64 || !text.chars().all(is_plain) {
        return Err("a key has 1 to 64 letters, digits, hyphens, underscores or points".to_owned());
    }
    Ok(text.to_owned())
}

pub(crate) async fn run(arguments: &Arguments, connection: &Connection) -> anyhow::Result<()> {
    let amount = arguments.order.amount(arguments.product)?;
    let whom = arguments.at.whom(connection)?;
    let bank = arguments.at.open(connection, &whom)?;
    let intent = Intent {
        connection,
        bank: &bank,
        whom,
        key: arguments.key.clone(),
        amount,
        creditor: arguments.order.creditor().to_owned(),
        money: &arguments.money,
        anew: arguments.anew,
    };
    let begun = match arguments.product {
        Product::Domestic => transfer::<Domestic>(arguments, connection, intent).await,
        Product::Sepa => transfer::<Sepa>(arguments, connection, intent).await,
        Product::International => transfer::<International>(arguments, connection, intent).await,
        Product::Giro => intent.begin(arguments.order.giro(amount, connection.today())?).await,
    }?;
    finish(connection, &bank, begun, amount, (!arguments.unsigned).then_some(&arguments.signing)).await
}

async fn transfer<P: TransferProduct + 'static>(
    arguments: &Arguments,
    connection: &Connection,
    intent: Intent<'_>,
) -> anyhow::Result<Begun> {
    let (order, amount, today) = (&arguments.order, intent.amount, connection.today());
    if order.is_standing() {
        intent.begin(order.periodic::<P>(amount, today)?).await
    } else {
        intent.begin(order.transfer::<P>(amount, today)?).await
    }
}

/// Has it signed, if it is to be, and tells where it stands.
pub(super) async fn finish(
    connection: &Connection,
    bank: &Bank,
    begun: Begun,
    amount: Amount,
    signing: Option<&Signing>,
) -> anyhow::Result<()> {
    if begun.before {
        connection.output.note(format_args!(
            "This payment was begun before; nothing was sent again. To pay it once more, give it a --key."
        ));
    }
    let mut created = Created::of(&begun, amount);
    if let Some(signing) = signing {
        created.status = sign::finish(connection, bank, begun.kept.as_ref(), &begun.payment, signing).await?;
        created.signed = true;
    }
    connection.output.answer(&created);
    Ok(())
}
