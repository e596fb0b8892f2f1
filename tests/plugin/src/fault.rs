//! What goes wrong because a test wants it: `NOTES_FAULT=ReadResource=die` in the environment.

/// Does what is wanted of a method of the protocol: `die` and `hang` are done here.
pub async fn at(method: &str) {
    if is(method, "die") {
        eprintln!("trouble ahead");
        std::process::exit(7);
    }
    if is(method, "hang") {
        std::future::pending::<()>().await;
    }
}

/// Whether this is wanted of a method.
pub fn is(method: &str, what: &str) -> bool {
    let wanted = std::env::var("NOTES_FAULT").unwrap_or_default();
    wanted.split_once('=') == Some((method, what))
}
