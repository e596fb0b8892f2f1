//! A proxy in front of the AWS endpoint: it notes every request, and can hold one up after the
//! server has done it or answer in the server's place. It understands the query protocol of
//! EC2, IAM and STS (`Action=` in a form), which names the operation in the body.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The proxy; it listens until the test process ends.
#[derive(Debug)]
pub struct Proxy {
    address: String,
    shared: Arc<Shared>,
}

/// One request as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The operation, such as `CreateVpc`.
    pub operation: String,
    /// The form of the request, still encoded.
    pub form: String,
}

/// A hold on an operation, see [`Proxy::hold`].
#[derive(Debug)]
pub struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct GateState {
    reached: bool,
    open: bool,
}

#[derive(Debug, Default)]
struct Shared {
    server: String,
    calls: Mutex<Vec<Call>>,
    rules: Mutex<Vec<Rule>>,
    /// How many requests the server is working on.
    at_server: Mutex<usize>,
    server_done: Condvar,
}

/// What to do with a coming request.
#[derive(Debug)]
struct Rule {
    operation: String,
    /// How many requests of this operation go through first.
    skip: usize,
    effect: Effect,
}

#[derive(Debug, Clone)]
enum Effect {
    /// The server does it, but the answer waits.
    Hold(Arc<Gate>),
    /// The server never hears of it.
    Answer { status: u16, body: String },
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 and passes requests on to `server`
    /// (`http://host:port`).
    pub fn start(server: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let server = server.trim_start_matches("http://").to_owned();
        let shared = Arc::new(Shared { server, ..Shared::default() });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&serving);
                // A client that goes away in the middle, killed by a test, is no failure here.
                std::thread::spawn(move || drop(shared.serve(client)));
            }
        });
        Proxy { address, shared }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Forgets the requests seen so far.
    pub fn forget(&self) {
        lock(&self.shared.calls).clear();
    }

    /// The requests since the start or the last [`Proxy::forget`], in order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.shared.calls).clone()
    }

    /// How many requests of an operation there were.
    pub fn count(&self, operation: &str) -> usize {
        lock(&self.shared.calls).iter().filter(|call| call.operation == operation).count()
    }

    /// Lets `skip` requests of the operation pass, and holds back the answer to the next one:
    /// the server has done it, the client does not know.
    pub fn hold(&self, operation: &str, skip: usize) -> Arc<Gate> {
        let gate = Arc::new(Gate { state: Mutex::default(), changed: Condvar::new() });
        self.add_rule(operation, skip, Effect::Hold(Arc::clone(&gate)));
        gate
    }

    /// Answers the next request of the operation with an error of the query protocol.
    pub fn refuse(&self, operation: &str, status: u16, code: &str, message: &str) {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
             <Message>{message}</Message></Error></Errors><RequestID>test-request-id</RequestID></Response>"
        );
        self.add_rule(operation, 0, Effect::Answer { status, body });
    }

    /// Waits until the server has done all that it was asked: after the death of a client, what
    /// that sent last may still be on its way.
    pub fn wait_until_idle(&self) {
        let mut count = lock(&self.shared.at_server);
        while *count > 0 {
            count = self.shared.server_done.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn add_rule(&self, operation: &str, skip: usize, effect: Effect) {
        lock(&self.shared.rules).push(Rule { operation: operation.to_owned(), skip, effect });
    }
}

impl Gate {
    /// Waits until the request is there and the server has done it.
    pub fn wait_until_reached(&self) {
        let mut state = lock(&self.state);
        while !state.reached {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets the answer go.
    pub fn open(&self) {
        lock(&self.state).open = true;
        self.changed.notify_all();
    }

    fn pass(&self) {
        let mut state = lock(&self.state);
        state.reached = true;
        self.changed.notify_all();
        while !state.open {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Shared {
    /// One request and its answer; the connection ends with it.
    fn serve(&self, client: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(client.try_clone()?);
        let Some(request) = Request::read(&mut reader)? else { return Ok(()) };
        let operation = request.operation();
        lock(&self.calls).push(Call {
            operation: operation.clone(),
            form: String::from_utf8_lossy(&request.body).into_owned(),
        });
        let effect = self.effect(&operation);
        let answer = match &effect {
            Some(Effect::Answer { status, body }) => {
                let length = body.len();
                format!("HTTP/1.1 {status} Refused\r\ncontent-type: text/xml\r\nx-amzn-requestid: test-request-id\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
                    .into_bytes()
            }
            _ => self.forward(&request)?,
        };
        if let Some(Effect::Hold(gate)) = effect {
            gate.pass();
        }
        let mut client = client;
        client.write_all(&answer)
    }

    /// The first rule for the operation counts down, and is used up when its turn comes.
    fn effect(&self, operation: &str) -> Option<Effect> {
        let mut rules = lock(&self.rules);
        let index = rules.iter().position(|rule| rule.operation == operation)?;
        if rules[index].skip > 0 {
            rules[index].skip -= 1;
            return None;
        }
        Some(rules.remove(index).effect)
    }

    fn forward(&self, request: &Request) -> std::io::Result<Vec<u8>> {
        *lock(&self.at_server) += 1;
        let answer = self.ask_server(request);
        *lock(&self.at_server) -= 1;
        self.server_done.notify_all();
        answer
    }

    fn ask_server(&self, request: &Request) -> std::io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(&self.server)?;
        server.write_all(&request.head)?;
        server.write_all(&request.body)?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// A request, its head changed so that the server closes the connection after the answer.
struct Request {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Request {
    fn read(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
        let (mut head, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "connection" => continue,
                "\r\n" => break,
                _ => {}
            }
            head.extend_from_slice(line.as_bytes());
        }
        head.extend_from_slice(b"connection: close\r\n\r\n");
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        Ok(Some(Request { head, body }))
    }

    /// The operation by the form; for other protocols the request line.
    fn operation(&self) -> String {
        let form = String::from_utf8_lossy(&self.body);
        let action = form.split('&').find_map(|pair| pair.strip_prefix("Action="));
        match action {
            Some(action) => action.to_owned(),
            None => String::from_utf8_lossy(&self.head).lines().next().unwrap_or_default().to_owned(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
