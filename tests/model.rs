//! Random commands of several people against a small model of the books, compared after every step.
//!
//! The model is written from the rules and shares no code with the service. `TICUN_SEED` repeats a walk, and
//! `TICUN_STEPS` makes it longer.

#![cfg(test)]

#[path = "model/books.rs"]
mod books;
#[path = "model/compare.rs"]
mod compare;
#[path = "model/contracts.rs"]
mod contracts;
#[path = "model/defaults.rs"]
mod defaults;
#[path = "model/deliveries.rs"]
mod deliveries;
#[path = "model/disputes.rs"]
mod disputes;
#[path = "model/kinds.rs"]
mod kinds;
#[path = "model/random.rs"]
mod random;
#[path = "model/refund_rules.rs"]
mod refund_rules;
#[path = "model/refunds.rs"]
mod refunds;
#[path = "model/settlements.rs"]
mod settlements;
mod support;
#[path = "model/transfers.rs"]
mod transfers;
#[path = "model/walk.rs"]
mod walk;

use ticun::ledger::clock::Entropy;
use walk::Walk;

const STEPS: usize = 500;
/// Every so many steps everything is compared, and not only what the step was about.
const ALL_EVERY: usize = 25;

fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[actix_web::test]
async fn random_commands_leave_the_books_that_the_rules_say() {
    let seed = setting("TICUN_SEED").unwrap_or_else(|| u64::from_le_bytes(Entropy::default().bytes()));
    let steps = setting("TICUN_STEPS").unwrap_or(STEPS);
    println!("TICUN_SEED={seed} TICUN_STEPS={steps}");
    let mut walk = Walk::start(seed).await;
    for step in 1..=steps {
        walk.step(step).await;
        if step % ALL_EVERY == 0 || step == steps {
            walk.compare_all().await;
        }
    }
    walk.end_in_default().await;
    walk.compare_all().await;
    walk.world.is_allowed_by_the_rules();
    println!("{}", walk.summary());
}
