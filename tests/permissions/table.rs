//! Who may do what, operation by operation: the one table that the walk expects its answers from.

/// The roles of the columns.
pub const ROLES: [&str; 7] = ["consumer", "merchant", "operator", "notary", "mediator", "arbitrator", "regulator"];

/// Columns after the path: consumer, merchant, operator, notary, mediator, arbitrator, regulator.
///
/// `a` all of them, `o` one's own and 404 for a stranger's, `l` a list of one's own, `-` 403.
const TABLE: &str = "
me.read                GET   /v1/me                            a a a a a a a
signing_key.register   PUT   /v1/me/signing-key                - - - a - a a
signing_key.retire     POST  /v1/me/signing-key/retire         - - - a - a a
refund.calculate       POST  /v1/refund-calculations           a a a a a a a

merchant.apply         POST  /v1/merchants                     - a - - - - -
merchant.review        POST  /v1/merchants/{id}/review         - - a - - - -
merchant.admit         POST  /v1/merchants/{id}/admit          - - - a - - -
merchant.reject        POST  /v1/merchants/{id}/reject         - - a a - - -
merchant.suspend       POST  /v1/merchants/{id}/suspend        - - - a - - -
merchant.reinstate     POST  /v1/merchants/{id}/reinstate      - - - a - - -
merchant.read          GET   /v1/merchants                     a l a a - - a
merchant.read          GET   /v1/merchants/{id}                a o a a - - a
merchant.compliance    GET   /v1/merchants/{id}/compliance     - o a a - - a

venue.add              POST  /v1/venues                        - a - - - - -
venue.open             POST  /v1/venues/{id}/open-marks        - o - - - - -
venue.read             GET   /v1/venues                        - l a a - - a
venue.read             GET   /v1/venues/{id}                   - o a a - - a

plan.draft             POST  /v1/plans                         - a - - - - -
plan.revise            PATCH /v1/plans/{id}                    - o - - - - -
plan.submit            POST  /v1/plans/{id}/submit             - o - - - - -
plan.approve           POST  /v1/plans/{id}/approve            - - - a - - -
plan.reject            POST  /v1/plans/{id}/reject             - - - a - - -
plan.withdraw          POST  /v1/plans/{id}/withdraw           - o - - - - -
plan.read              GET   /v1/plans                         a l a a - - a
plan.read              GET   /v1/plans/{id}                    a o a a - - a

contract.draft         POST  /v1/contracts                     a - - - - - -
contract.sign          POST  /v1/contracts/{id}/sign           o o - - - - -
contract.cancel        POST  /v1/contracts/{id}/cancel         o o - - - - -
contract.extend        POST  /v1/contracts/{id}/extend         - o - - - - -
contract.consent_guardian  POST  /v1/contracts/{id}/guardian-consent  - - - a - - -
contract.transfer      POST  /v1/contracts/{id}/transfer       o - - - - - -
contract.accept_transfer  POST  /v1/contracts/{id}/transfer/accept  o - - - - - -
contract.withdraw_transfer  POST  /v1/contracts/{id}/transfer/withdraw  o - - - - - -
contract.read          GET   /v1/contracts                     l l - a - - -
contract.read          GET   /v1/contracts/{id}                o o - a - - -
contract.read          GET   /v1/contracts/{id}/terms          o o - a - - -
contract.read          GET   /v1/contracts/{id}/timeline       o o - a - - -
contract.read          GET   /v1/contracts/{id}/statement      o o - a - - -
contract.read          GET   /v1/contracts/{id}/evidence.zip   o o - a - - -
contract.read          GET   /v1/contracts/{id}/deposits       o o - a - - -
contract.read          GET   /v1/contracts/{id}/deliveries     o o - a - - -
contract.read          GET   /v1/contracts/{id}/refunds        o o - a - - -

deposit.start          POST  /v1/contracts/{id}/deposits       o - - - - - -
deposit.read           GET   /v1/deposits                      l l - a - - -
deposit.read           GET   /v1/deposits/{id}                 o o - a - - -

checkin.issue          POST  /v1/contracts/{id}/checkin-codes  o - - - - - -
batch.send             POST  /v1/batches                       a a - a - - -
delivery.record        POST  /v1/contracts/{id}/deliveries     - o - - - - -
delivery.check_in      POST  /v1/deliveries                    - o - - - - -
delivery.confirm       POST  /v1/deliveries/{id}/confirm       o - - - - - -
delivery.contest       POST  /v1/deliveries/{id}/contest       o - - - - - -
delivery.void          POST  /v1/deliveries/{id}/void          - o - - - - -
delivery.reverse       POST  /v1/deliveries/{id}/reverse       o o - a - - -
delivery.read          GET   /v1/deliveries                    l l - a - - -
delivery.read          GET   /v1/deliveries/{id}               o o - a - - -

settlement.propose     POST  /v1/settlements                   - - - a - - -
settlement.approve     POST  /v1/settlements/{id}/approve      - - - a - - -
settlement.reject      POST  /v1/settlements/{id}/reject       - - - a - - -
settlement.preview     GET   /v1/settlements/preview           - - - a - - -
decision.state         GET   /v1/settlements/{id}/decision-statement  - - - a - - -
settlement.read        GET   /v1/settlements                   - l - a - - a
settlement.read        GET   /v1/settlements/{id}              - o - a - - a

payout.new_account     POST  /v1/payouts/{id}/new-account      o o - - - - -
payout_account.set     PUT   /v1/payout-accounts               a a - - - - -
payout_account.read    GET   /v1/payout-accounts               l l - - - - -
payout.read            GET   /v1/payouts                       l l - a - - a
payout.read            GET   /v1/payouts/{id}                  o o - a - - a

refund.request         POST  /v1/contracts/{id}/refunds        o - - - - - -
refund.answer          POST  /v1/refunds/{id}/answer           - o - - - - -
refund.decide          POST  /v1/refunds/{id}/decide           - - - a - - -
refund.order_undisputed  POST  /v1/refunds/{id}/undisputed     - - - a - - -
refund.approve         POST  /v1/refunds/{id}/approve          - - - a - - -
refund.decline         POST  /v1/refunds/{id}/decline          - - - a - - -
refund.withdraw        POST  /v1/refunds/{id}/withdraw         o - - - - - -
refund.declare         POST  /v1/refunds/{id}/declare          o - - - - - -
refund.claim_prior_service  POST  /v1/refunds/{id}/prior-service-claim  - o - - - - -
refund.decide_prior_service  POST  /v1/refunds/{id}/prior-service-claim/decide  - - - a - - -
decision.state         GET   /v1/refunds/{id}/decision-statement  - - - a - - -
refund.read            GET   /v1/refunds                       l l - a - - -
refund.read            GET   /v1/refunds/{id}                  o o - a - - -

default_run.propose    POST  /v1/merchants/{id}/default-runs   - - - a - - -
default_run.object     POST  /v1/default-runs/{id}/object      - o - - - - -
default_run.approve    POST  /v1/default-runs/{id}/approve     - - - a - - -
default_run.rescind    POST  /v1/default-runs/{id}/rescind     - - - a - - -
decision.state         GET   /v1/default-runs/{id}/decision-statement  - - - a - - -
default_run.read       GET   /v1/default-runs                  - l - a - - a
default_run.read       GET   /v1/default-runs/{id}             - o - a - - a
default_run.read       GET   /v1/default-runs/{id}/contracts   - o - a - - a

dispute.open           POST  /v1/disputes                      o o - - - - -
dispute.withdraw       POST  /v1/disputes/{id}/withdraw        o o - - - - -
dispute.escalate       POST  /v1/disputes/{id}/escalate        o o - - - - -
dispute.object_arbitration POST /v1/disputes/{id}/object-arbitration o o - - - - -
dispute.assign         POST  /v1/disputes/{id}/assign          - - - a - - -
dispute.propose        POST  /v1/disputes/{id}/proposals       o o - - a - -
dispute.accept         POST  /v1/disputes/{id}/proposals/{proposal}/accept o o - - - - -
dispute.award          POST  /v1/disputes/{id}/award           - - - a - a -
dispute.execute        POST  /v1/disputes/{id}/execute         - - - a - - -
dispute.state          GET   /v1/disputes/{id}/decision-statement - - - a - a -
dispute.read           GET   /v1/disputes                      l l - a a a a
dispute.read           GET   /v1/disputes/{id}                 o o - a a a a
evidence.stage         POST  /v1/disputes/{id}/evidence        o o - - - - -
evidence.submit        POST  /v1/disputes/{id}/evidence/{evidence}/submit o o - - - - -
evidence.read          GET   /v1/disputes/{id}/evidence        o o - a a a -
evidence.read          GET   /v1/disputes/{id}/evidence/{evidence} o o - a a a -
evidence.read          GET   /v1/disputes/{id}/evidence/{evidence}/content o o - a a a -
proposal.read          GET   /v1/disputes/{id}/proposals       o o - a a a -
proposal.read          GET   /v1/disputes/{id}/proposals/{proposal} o o - a a a -
freeze.order           POST  /v1/freezes                       - - - a - - -
freeze.lift            POST  /v1/freezes/{id}/lift             - - - a - - -
freeze.execute         POST  /v1/freezes/{id}/execute          - - - a - - -
decision.state         GET   /v1/freezes/{id}/decision-statement  - - - a - - -
freeze.read            GET   /v1/freezes                       - l - a - - a
freeze.read            GET   /v1/freezes/{id}                  - o - a - - a
suspense.read          GET   /v1/suspense                      - - - a - - a
books.read             GET   /v1/books/trial-balance           - - - a - - a
books.read             GET   /v1/books/accounts                - - - a - - a
books.read             GET   /v1/books/accounts/{account}      - - - a - - a
events.read            GET   /v1/events                        l l a a - - a
notice.read            GET   /v1/notices                       l l - a - - -
rules.read             GET   /v1/rules                         a a a a a a a
log.entry              GET   /log/{office}/entry/{position}    o o - a - - a
log.entry              GET   /log/{office}/receipt/{position}  o o - a - - a
log.tiles              GET   /log/{office}/tile/{tile}         - - - - - - a

merchant.exit          POST  /v1/merchants/{id}/exit           - o - a - - -
";

/// Operations that need no token.
pub const PUBLIC: [&str; 25] = [
    "GET /log/policy",
    "GET /log/{office}/checkpoint",
    "GET /log/{office}/checkpoint.latest",
    "GET /log/{office}/checkpoints",
    "GET /log/{office}/key",
    "GET /log/{office}/handover/{number}",
    "GET /log/{office}/consistency",
    "GET /log/{office}/timestamps",
    "GET /log/{office}/timestamps/{file}",
    "POST /v1/auth/token",
    "POST /v1/auth/refresh",
    "POST /v1/auth/logout",
    "POST /v1/registrations",
    "POST /v1/channels/{name}/notifications",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /problems",
    "GET /problems/{code}",
    "GET /docs",
    "GET /docs/{file}",
    "GET /openapi.yaml",
    "POST /demo/clock",
    "POST /demo/bank/deposits/{id}",
    "POST /demo/bank/payouts/{id}",
];

/// What a role may do with the objects of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Nothing: 403.
    Denied,
    /// Anything, whosever it is.
    All,
    /// Its own; a stranger's does not exist for it.
    Own,
    /// A list of its own.
    OwnList,
}

/// One operation.
#[derive(Debug)]
pub struct Line {
    /// The permission it needs; for writes also the name of its command.
    pub permission: &'static str,
    /// Its method.
    pub method: &'static str,
    /// Its path.
    pub path: &'static str,
    /// What each of [`ROLES`] may do.
    pub rights: [Right; 7],
}

impl Line {
    /// Method and path.
    pub fn operation(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The roles that may do something.
    pub fn granted(&self) -> impl Iterator<Item = (&'static str, Right)> {
        ROLES.into_iter().zip(self.rights).filter(|(_, right)| *right != Right::Denied)
    }

    /// True for what changes the books, or answers as if it did.
    pub fn writes(&self) -> bool {
        self.method != "GET"
    }
}

/// The table, line by line.
pub fn lines() -> Vec<Line> {
    TABLE.lines().filter(|line| !line.is_empty()).map(line).collect()
}

fn line(text: &'static str) -> Line {
    let mut words = text.split_whitespace();
    let mut next = || words.next().expect("a line has ten words");
    let (permission, method, path) = (next(), next(), next());
    let rights = [(); 7].map(|()| match next() {
        "a" => Right::All,
        "o" => Right::Own,
        "l" => Right::OwnList,
        "-" => Right::Denied,
        other => panic!("{other} is no right"),
    });
    Line { permission, method, path, rights }
}
