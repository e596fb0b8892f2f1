//! A proxy in front of the AWS endpoint: it notes every request, and can hold one up before or after
//! the server has done it, answer in the server's place, or let a part of all requests go wrong. It
//! understands the query protocol of EC2, IAM and STS (`Action=` in a form), which names the operation
//! in the body, and the JSON protocols, which name it in a header.

use crate::faults::{Fault, Faults};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
    /// The body of the request: a form, still encoded, or JSON.
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
    faults: Mutex<Option<Faults>>,
    /// How many connections there are that the server may still hear of.
    at_server: Mutex<usize>,
    server_done: Condvar,
}

/// What to do with a coming request.
#[derive(Debug)]
struct Rule {
    /// The operation; none for all.
    operation: Option<String>,
    /// How many such requests go through first.
    skip: usize,
    effect: Effect,
    /// Whether it is for all that come after these, and not for one.
    lasting: bool,
}

#[derive(Debug, Clone)]
enum Effect {
    /// The request waits, or the server does it and the answer waits.
    Hold(Arc<Gate>, Moment),
    /// The server never hears of it.
    Answer { status: u16, kind: &'static str, body: String },
    /// The server does it, and the connection ends without an answer.
    Lose,
}

/// When a request is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before the server hears of it.
    Before,
    /// When the server has done it, and nobody has heard of it.
    After,
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
                *lock(&shared.at_server) += 1;
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
        self.gate(Some(operation), skip, Moment::After)
    }

    /// Holds the next request of the operation before the server has seen it.
    pub fn hold_before(&self, operation: &str) -> Arc<Gate> {
        self.gate(Some(operation), 0, Moment::Before)
    }

    /// Lets `skip` requests of any kind pass, and holds the next one.
    pub fn hold_any(&self, skip: usize, moment: Moment) -> Arc<Gate> {
        self.gate(None, skip, moment)
    }

    /// Lets a part of all coming requests go wrong, until [`Proxy::stop_faults`].
    pub fn start_faults(&self, faults: Faults) {
        *lock(&self.shared.faults) = Some(faults);
    }

    /// Lets all go well again, and tells what went wrong.
    pub fn stop_faults(&self) -> Option<Faults> {
        lock(&self.shared.faults).take()
    }

    /// Forgets what was to be done with coming requests, and lets everything go that is held.
    pub fn release(&self) {
        for rule in std::mem::take(&mut *lock(&self.shared.rules)) {
            if let Effect::Hold(gate, _) = rule.effect {
                gate.open();
            }
        }
    }

    /// Answers the next request of the operation with an error of the query protocol.
    pub fn refuse(&self, operation: &str, status: u16, code: &str, message: &str) {
        let body = error_document(code, message);
        self.add_rule(Some(operation), 0, Effect::Answer { status, kind: "text/xml", body });
    }

    /// Lets `skip` requests of any kind pass, and refuses all that come then, until [`Proxy::release`].
    pub fn refuse_all(&self, skip: usize, status: u16, code: &str, message: &str) {
        let body = error_document(code, message);
        let effect = Effect::Answer { status, kind: "text/xml", body };
        lock(&self.shared.rules).push(Rule { operation: None, skip, effect, lasting: true });
    }

    /// Answers the next request of the operation as an emulator does that lacks it.
    pub fn answer_with_page(&self, operation: &str) {
        let body = "<!doctype html><title>500 Internal Server Error</title>".to_owned();
        self.add_rule(
            Some(operation),
            0,
            Effect::Answer { status: 500, kind: "text/html; charset=utf-8", body },
        );
    }

    /// Lets the server do the next request of the operation, and ends the connection then.
    pub fn lose_answer(&self, operation: &str) {
        self.add_rule(Some(operation), 0, Effect::Lose);
    }

    /// Waits until the server has done all that it was asked: after the death of a client, what
    /// that sent last may still be on its way.
    pub fn wait_until_idle(&self) {
        // Connections are taken in their order: after this one all that came before are counted.
        let mut last = TcpStream::connect(&self.address).expect("the proxy listens");
        last.write_all(format!("{LAST}\r\n\r\n").as_bytes()).expect("the proxy reads");
        last.read_to_end(&mut Vec::new()).expect("the proxy answers");
        let mut count = lock(&self.shared.at_server);
        while *count > 0 {
            count = self.shared.server_done.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn gate(&self, operation: Option<&str>, skip: usize, moment: Moment) -> Arc<Gate> {
        let gate = Arc::new(Gate { state: Mutex::default(), changed: Condvar::new() });
        self.add_rule(operation, skip, Effect::Hold(Arc::clone(&gate), moment));
        gate
    }

    fn add_rule(&self, operation: Option<&str>, skip: usize, effect: Effect) {
        let operation = operation.map(str::to_owned);
        lock(&self.shared.rules).push(Rule { operation, skip, effect, lasting: false });
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

    /// Waits a little for the request; says whether it is there.
    pub fn is_reached_within(&self, patience: Duration) -> bool {
        let state = lock(&self.state);
        let waited = self.changed.wait_timeout_while(state, patience, |state| !state.reached);
        waited.unwrap_or_else(PoisonError::into_inner).0.reached
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
        let at_server = AtServer(self);
        let mut reader = BufReader::new(client.try_clone()?);
        let Some(request) = Request::read(&mut reader)? else { return Ok(()) };
        let operation = request.operation();
        if operation == LAST {
            return Ok(());
        }
        lock(&self.calls).push(Call {
            operation: operation.clone(),
            form: String::from_utf8_lossy(&request.body).into_owned(),
        });
        let effect = self.effect(&operation);
        if let Some(Effect::Hold(gate, Moment::Before)) = &effect {
            gate.pass();
        }
        let fault = lock(&self.faults).as_mut().and_then(Faults::next);
        if let Some(fault) = fault {
            return self.go_wrong(fault, client, &request);
        }
        let answer = match &effect {
            Some(Effect::Answer { status, kind, body }) => {
                refusal(*status, kind, &request.spell_error(body)).into_bytes()
            }
            _ => self.forward(&request)?,
        };
        drop(at_server);
        if let Some(Effect::Lose) = effect {
            return Ok(());
        }
        if let Some(Effect::Hold(gate, Moment::After)) = effect {
            gate.pass();
        }
        let mut client = client;
        client.write_all(&answer)
    }

    /// What a bad network and an overloaded service do to a request.
    fn go_wrong(&self, fault: Fault, mut client: TcpStream, request: &Request) -> std::io::Result<()> {
        if fault.is_served() {
            let answer = self.forward(request)?;
            if fault == Fault::Late {
                std::thread::sleep(Duration::from_millis(40));
                return client.write_all(&answer);
            }
        }
        match fault.answer() {
            Some(answer) => client.write_all(answer.as_bytes()),
            // The connection ends without an answer.
            None => Ok(()),
        }
    }

    /// The first rule for the operation counts down, and is used up when its turn comes, unless it is lasting.
    fn effect(&self, operation: &str) -> Option<Effect> {
        let mut rules = lock(&self.rules);
        let concerns = |rule: &Rule| rule.operation.as_deref().is_none_or(|o| o == operation);
        let index = rules.iter().position(concerns)?;
        if rules[index].skip > 0 {
            rules[index].skip -= 1;
            return None;
        }
        match rules[index].lasting {
            true => Some(rules[index].effect.clone()),
            false => Some(rules.remove(index).effect),
        }
    }

    fn forward(&self, request: &Request) -> std::io::Result<Vec<u8>> {
        let mut server = TcpStream::connect(&self.server)?;
        server.write_all(&request.head)?;
        server.write_all(&request.body)?;
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// What a connection says that only asks whether it was heard.
const LAST: &str = "LAST";

/// As long as it lives, the server may still hear of a connection.
struct AtServer<'a>(&'a Shared);

impl Drop for AtServer<'_> {
    fn drop(&mut self) {
        *lock(&self.0.at_server) -= 1;
        self.0.server_done.notify_all();
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

    /// An [`error_document`] as the service of this request spells it: only EC2 wraps its errors
    /// in a list.
    fn spell_error(&self, document: &str) -> String {
        if String::from_utf8_lossy(&self.body).contains("Version=2016-11-15") {
            return document.to_owned();
        }
        let plain =
            document.replace("<Errors>", "").replace("</Errors>", "").replace("RequestID", "RequestId");
        plain.replace("<Response>", "<ErrorResponse>").replace("</Response>", "</ErrorResponse>")
    }

    /// The operation by the form or the header; for other protocols the request line.
    fn operation(&self) -> String {
        let form = String::from_utf8_lossy(&self.body);
        if let Some(action) = form.split('&').find_map(|pair| pair.strip_prefix("Action=")) {
            return action.to_owned();
        }
        let head = String::from_utf8_lossy(&self.head);
        let target = head.lines().filter_map(|line| line.split_once(':')).find_map(|(name, value)| {
            name.eq_ignore_ascii_case("x-amz-target")
                .then(|| value.rsplit('.').next().unwrap_or(value).trim())
        });
        target.or_else(|| head.lines().next()).unwrap_or_default().to_owned()
    }
}

/// An answer with a status and a document.
pub(crate) fn refusal(status: u16, kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Refused\r\ncontent-type: {kind}\r\nx-amzn-requestid: test-request-id\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// A document of the query protocol that says what went wrong, as EC2 spells it.
pub(crate) fn error_document(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
         <Message>{message}</Message></Error></Errors><RequestID>test-request-id</RequestID></Response>"
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
