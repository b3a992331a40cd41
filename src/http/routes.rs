//! The whole route table on one page.

use actix_web::web::{Data, ServiceConfig, patch, post, put, resource, route};
use actix_web::{Resource, Route, guard};

use super::app::App;
use super::problem::Problem;
use super::resources::{
    batches, books, case_files, channels, compliance, contracts, default_runs, deliveries, deposits, dispute_ends,
    disputes, events, evidence, freezes, log, me, merchants, notices, payout_accounts, payouts, plans, proposals,
    refund_calculations, refunds, registrations, rules, settlements, signing_keys, statements, suspense, timestamps,
    venues,
};
use super::{auth, demo, docs, meta};

/// The pattern of the route that a request took.
#[derive(Clone, Copy, Debug)]
pub struct Pattern(pub &'static str);

/// A path whose other methods are answered with 405 and the methods it has.
fn at(path: &'static str, methods: &'static str) -> Resource {
    let refuse = move || async move {
        Err::<String, Problem>(Problem::new("method_not_allowed").allowing(methods.split(' ').map(str::to_owned)))
    };
    resource(path).app_data(Pattern(path)).default_service(route().to(refuse))
}

/// GET, and HEAD with it (RFC 9110 section 9.3.2): the same answer, whose body the server leaves out.
fn get() -> Route {
    route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

macro_rules! table {
    ($config:ident: $($path:literal $($method:ident $handler:path),+;)+) => {
        $($config.service(at($path, table!(@names $($method)+))$(.route($method().to($handler)))+);)+
    };
    (@names get) => { "GET HEAD" };
    (@names post) => { "POST" };
    (@names get post) => { "GET HEAD POST" };
    (@names get patch) => { "GET HEAD PATCH" };
    (@names put) => { "PUT" };
    (@names get put) => { "GET HEAD PUT" };
}

/// Adds every route of the service.
pub fn routes(config: &mut ServiceConfig, app: &Data<App>) {
    deliveries_and_contracts(config);
    money_and_log(config);
    cases(config);
    pages_and_people(config);
    if app.demo.is_some() {
        demo_only(config);
    }
    config.default_service(route().to(|| async { Err::<String, Problem>(Problem::new("route_not_found")) }));
}

fn pages_and_people(config: &mut ServiceConfig) {
    table! { config:
        "/healthz" get meta::healthz;
        "/readyz" get meta::readyz;
        "/metrics" get meta::metrics;
        "/problems" get docs::problems_index;
        "/problems/{code}" get docs::problem_page;
        "/docs" get docs::docs_page;
        "/docs/{file}" get docs::docs_file;
        "/openapi.yaml" get docs::openapi;

        "/v1/auth/token" post auth::sign_in;
        "/v1/auth/refresh" post auth::refresh;
        "/v1/auth/logout" post auth::logout;
        "/v1/me" get me::read;
        "/v1/me/signing-key" put signing_keys::register;
        "/v1/me/signing-key/retire" post signing_keys::retire;
        "/v1/registrations" post registrations::register;

        "/v1/merchants" get merchants::list, post merchants::apply;
        "/v1/merchants/{id}" get merchants::read;
        "/v1/merchants/{id}/compliance" get compliance::read;
        "/v1/merchants/{id}/review" post merchants::review;
        "/v1/merchants/{id}/admit" post merchants::admit;
        "/v1/merchants/{id}/reject" post merchants::reject;
        "/v1/merchants/{id}/suspend" post merchants::suspend;
        "/v1/merchants/{id}/reinstate" post merchants::reinstate;
        "/v1/merchants/{id}/exit" post merchants::exit;
        "/v1/merchants/{id}/default-runs" post default_runs::propose;
        "/v1/venues" get venues::list, post venues::add;
        "/v1/venues/{id}" get venues::read;
        "/v1/venues/{id}/open-marks" post venues::mark_open;
    }
}

/// What is called most stands first: a path is compared with one route after the other.
fn deliveries_and_contracts(config: &mut ServiceConfig) {
    table! { config:
        "/v1/contracts/{id}/deliveries" get deliveries::of_contract, post deliveries::record;
        "/v1/batches" post batches::send;
        "/v1/deliveries" get deliveries::list, post deliveries::check_in;
        "/v1/deliveries/{id}" get deliveries::read;
        "/v1/deliveries/{id}/confirm" post deliveries::confirm;
        "/v1/deliveries/{id}/contest" post deliveries::contest;
        "/v1/deliveries/{id}/void" post deliveries::void;
        "/v1/deliveries/{id}/reverse" post deliveries::reverse;

        "/v1/plans" get plans::list, post plans::draft;
        "/v1/plans/{id}" get plans::read, patch plans::revise;
        "/v1/plans/{id}/submit" post plans::offer;
        "/v1/plans/{id}/approve" post plans::approve;
        "/v1/plans/{id}/reject" post plans::reject;
        "/v1/plans/{id}/withdraw" post plans::withdraw;

        "/v1/contracts" get contracts::list, post contracts::draft;
        "/v1/contracts/{id}" get contracts::read;
        "/v1/contracts/{id}/sign" post contracts::sign;
        "/v1/contracts/{id}/cancel" post contracts::cancel;
        "/v1/contracts/{id}/extend" post contracts::extend;
        "/v1/contracts/{id}/guardian-consent" post contracts::consent_guardian;
        "/v1/contracts/{id}/transfer" post contracts::offer_transfer;
        "/v1/contracts/{id}/transfer/accept" post contracts::accept_transfer;
        "/v1/contracts/{id}/transfer/withdraw" post contracts::withdraw_transfer;
        "/v1/contracts/{id}/terms" get contracts::terms;
        "/v1/contracts/{id}/timeline" get contracts::timeline;
        "/v1/contracts/{id}/statement" get contracts::statement;
        "/v1/contracts/{id}/evidence.zip" get evidence::read;
        "/v1/contracts/{id}/deposits" get deposits::of_contract, post deposits::start;
        "/v1/contracts/{id}/checkin-codes" post deposits::issue_code;
        "/v1/contracts/{id}/refunds" get refunds::of_contract, post refunds::request;
        "/v1/deposits" get deposits::list;
        "/v1/deposits/{id}" get deposits::read;
    }
}

fn money_and_log(config: &mut ServiceConfig) {
    table! { config:
        "/v1/settlements/preview" get settlements::read_preview;
        "/v1/settlements" get settlements::list, post settlements::propose;
        "/v1/settlements/{id}" get settlements::read;
        "/v1/settlements/{id}/approve" post settlements::approve;
        "/v1/settlements/{id}/reject" post settlements::reject;
        "/v1/settlements/{id}/decision-statement" get statements::of_settlement;
        "/v1/payouts" get payouts::list;
        "/v1/payouts/{id}" get payouts::read;
        "/v1/payouts/{id}/new-account" post payouts::new_account;
        "/v1/payout-accounts" get payout_accounts::list, put payout_accounts::set;

        "/v1/refund-calculations" post refund_calculations::calculate_refund;
        "/v1/refunds" get refunds::list;
        "/v1/refunds/{id}" get refunds::read;
        "/v1/refunds/{id}/answer" post refunds::answer;
        "/v1/refunds/{id}/decide" post refunds::decide;
        "/v1/refunds/{id}/undisputed" post refunds::order_undisputed;
        "/v1/refunds/{id}/approve" post refunds::approve;
        "/v1/refunds/{id}/decline" post refunds::decline;
        "/v1/refunds/{id}/withdraw" post refunds::withdraw;
        "/v1/refunds/{id}/declare" post refunds::declare;
        "/v1/refunds/{id}/prior-service-claim" post refunds::claim_prior_service;
        "/v1/refunds/{id}/prior-service-claim/decide" post refunds::decide_prior_service;
        "/v1/refunds/{id}/decision-statement" get statements::of_refund;

        "/v1/default-runs" get default_runs::list;
        "/v1/default-runs/{id}" get default_runs::read;
        "/v1/default-runs/{id}/contracts" get default_runs::contracts;
        "/v1/default-runs/{id}/object" post default_runs::object;
        "/v1/default-runs/{id}/approve" post default_runs::approve;
        "/v1/default-runs/{id}/rescind" post default_runs::rescind;
        "/v1/default-runs/{id}/decision-statement" get statements::of_default_run;
        "/v1/suspense" get suspense::list;

        "/v1/books/trial-balance" get books::trial_balance;
        "/v1/books/accounts" get books::list;
        "/v1/books/accounts/{account:.+}" get books::read;
        "/v1/events" get events::list;
        "/v1/rules" get rules::list;
        "/v1/notices" get notices::list;
        "/v1/channels/{name}/notifications" post channels::notify;
        "/log/policy" get log::policy;
        "/log/{office}/checkpoint" get log::checkpoint;
        "/log/{office}/checkpoint.latest" get log::latest_checkpoint;
        "/log/{office}/checkpoints" get log::checkpoints;
        "/log/{office}/key" get log::key;
        "/log/{office}/handover/{number}" get log::handover;
        "/log/{office}/consistency" get log::consistency;
        "/log/{office}/receipt/{position}" get log::receipt;
        "/log/{office}/timestamps" get timestamps::list;
        "/log/{office}/timestamps/{file}" get timestamps::file;
        "/log/{office}/tile/{tile:.+}" get log::tile;
        "/log/{office}/entry/{position}" get events::entry;
    }
}

/// Disputes and what belongs to them, and freezes.
fn cases(config: &mut ServiceConfig) {
    table! { config:
        "/v1/disputes" get disputes::list, post disputes::open;
        "/v1/disputes/{id}" get disputes::read;
        "/v1/disputes/{id}/withdraw" post disputes::withdraw;
        "/v1/disputes/{id}/escalate" post dispute_ends::escalate;
        "/v1/disputes/{id}/object-arbitration" post dispute_ends::object_arbitration;
        "/v1/disputes/{id}/assign" post dispute_ends::assign;
        "/v1/disputes/{id}/award" post dispute_ends::award;
        "/v1/disputes/{id}/execute" post dispute_ends::execute;
        "/v1/disputes/{id}/decision-statement" get dispute_ends::statement;
        "/v1/disputes/{id}/proposals" get proposals::list, post proposals::make;
        "/v1/disputes/{id}/proposals/{proposal}" get proposals::read;
        "/v1/disputes/{id}/proposals/{proposal}/accept" post proposals::accept;
        "/v1/disputes/{id}/evidence" get case_files::list, post case_files::stage;
        "/v1/disputes/{id}/evidence/{evidence}" get case_files::read;
        "/v1/disputes/{id}/evidence/{evidence}/content" get case_files::content;
        "/v1/disputes/{id}/evidence/{evidence}/submit" post case_files::submit;
        "/v1/freezes" get freezes::list, post freezes::order;
        "/v1/freezes/{id}" get freezes::read;
        "/v1/freezes/{id}/lift" post freezes::lift;
        "/v1/freezes/{id}/execute" post freezes::execute;
        "/v1/freezes/{id}/decision-statement" get freezes::statement;
    }
}

fn demo_only(config: &mut ServiceConfig) {
    table! { config:
        "/demo/clock" post demo::advance_clock;
        "/demo/bank/deposits/{id}" post demo::bank_deposit;
        "/demo/bank/payouts/{id}" post demo::bank_payout;
    }
}
