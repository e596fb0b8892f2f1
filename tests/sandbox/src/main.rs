//! `terrane-sandbox`: the server as a program.

use clap::Parser;
use std::net::SocketAddr;
use std::path::PathBuf;
use terrane_sandbox::{Options, Sandbox};

/// Answers like Google Cloud, on this machine only.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The loopback address to listen on; with port 0, a free one is taken and printed.
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,
    /// Where to keep what was made, so that it is there at the next start.
    #[arg(long)]
    state: Option<PathBuf>,
    /// An organization that exists from the start; may be given several times.
    #[arg(long, default_value = "1234")]
    organization: Vec<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let options = Options { state: arguments.state, organizations: arguments.organization };
    let sandbox = Sandbox::bind(arguments.addr, options).await?;
    println!("http://{}", sandbox.address());
    sandbox.serve().await
}
