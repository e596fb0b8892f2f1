//! Where state lives: storage, locks and the journal beside it.
