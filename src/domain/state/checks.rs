//! The invariants asserted inside every write.

use super::State;

impl State {
    /// Asserts I3 for every contract the command changed, and I4 for the office.
    ///
    /// I1 and I2 are asserted while posting. A failure is a programmer error: the command is discarded.
    ///
    /// # Panics
    /// When an invariant does not hold.
    pub fn assert_invariants(&self) {
        for (id, contract) in self.contracts.tried() {
            assert!(contract.adds_up(), "I3: {id} does not add up");
            assert!(contract.live.is_within(&contract.figures), "{id} has used more than it has");
            assert!(contract.amount_live <= contract.figures.price, "{id} has released more than its price");
        }
        assert!(self.classes().balanced(), "I4: assets do not equal liabilities");
    }
}
