//! The ways of random lines into the table: files, the function, and the queue.

use super::*;

/// Returns a function, and the number of messages it has handled.
fn counted(function: worker::Function) -> (worker::Function, Arc<AtomicUsize>) {
    let handled = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&handled);
    let counting: worker::Function = Arc::new(move |event: SqsEvent, until| {
        let (messages, counter) = (event.records.len(), Arc::clone(&counter));
        let running = function(event, until);
        Box::pin(async move {
            let answer = running.await;
            counter.fetch_add(messages, Ordering::Relaxed);
            answer
        })
    });
    (counting, handled)
}

/// Returns the items of emitted files.
fn emitted(directory: &Path) -> Table {
    let mut table = Table::new();
    for part in std::fs::read_dir(directory.join("data")).expect("there are parts") {
        let text = std::fs::read_to_string(part.expect("readable").path()).expect("UTF-8");
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            let typed = |value: &Value| {
                let (kind, text) = value.as_object().and_then(|v| v.iter().next()).expect("one");
                let kind = kind.chars().next().expect("a type");
                (kind, text.as_str().expect("text").to_owned())
            };
            let item = &line["Item"];
            let list = item["recommended_note_ids"]["L"].as_array().expect("a list");
            let time = item.get("generated_at").map(|time| nanos(&typed(time)));
            let user = typed(&item["user_id"]).1;
            let item = Item { list: list.iter().map(typed).collect(), time };
            assert_eq!(table.insert(user, item), None, "each user once");
        }
    }
    table
}

impl Setting {
    pub(super) fn emit(&self, lines: &[String], args: &[&str]) -> (Table, BTreeSet<Reject>) {
        self.create_table("empty");
        let args = [args, &["--table", "empty"]].concat();
        let rejects = self.backfill(lines, &args);
        (emitted(&self.harness.home.path().join("out")), rejects)
    }

    /// Messages in random batches.
    pub(super) fn through_the_function(&mut self) {
        let bodies = self.lines();
        let (table, rejects) = expected(&bodies, &self.rules(Removals::Unknown));
        self.create_table("function");
        let function = self.function("function");
        assert_eq!(self.invoke(&function, &bodies), rejects, "function: rejects");
        assert_same("function", &self.table("function"), &table, &bodies);
        // Delivered again, as standard queues may do, nothing changes.
        if self.only_newer {
            self.invoke(&function, &bodies);
            let same_time = |held: &Table| {
                held.iter().map(|(u, i)| (u.clone(), i.time)).collect::<BTreeMap<_, _>>()
            };
            assert_eq!(same_time(&self.table("function")), same_time(&table));
        }
    }

    /// `--via queue`, and what came into the queue through the worker into the table.
    pub(super) fn through_the_queue(&mut self) {
        let lines = self.lines();
        let (table, _) = expected(&lines, &self.rules(Removals::Refused));
        // The function refuses ids that a table with Number keys cannot hold.
        let only_newer = false;
        let decoding =
            Rules { numbers: false, world: None, only_newer, removals: Removals::Refused };
        let (_, rejects) = expected(&lines, &decoding);
        let sqs = self.harness.sqs();
        // Messages that the function returns stay in flight: redelivered, an old list could come
        // after a newer one, as on any standard queue.
        let create = sqs.create_queue().queue_name("recs");
        let create = create.attributes(QueueAttributeName::VisibilityTimeout, "43200").send();
        let queue = self.harness.runtime.block_on(create).expect("created");
        self.harness.set("RECOCTL_QUEUE", "recs");
        let found = self.backfill(&lines, &["--via", "queue", "--users-per-message", "7"]);
        assert_eq!(found, rejects, "via queue: rejects");
        self.create_table("queued");
        let returned = self.work_off(queue.queue_url().expect("a URL"));
        assert_same("via queue", &self.table("queued"), &table, &lines);
        self.assert_returned(&returned, &lines);
    }

    /// Lets the worker take everything from the queue; returns the bodies that its function
    /// returned.
    fn work_off(&mut self, url: &str) -> Vec<String> {
        let sandbox = self.harness.the_sandbox();
        let sqs = sandbox.sqs().clone();
        let source = Source {
            client: self.harness.sqs(),
            queue_url: url.to_owned(),
            queue_arn: sqs.queue_arn("recs"),
            function_name: "recs-writer".to_owned(),
        };
        // One invocation at a time, because the order of two that overlap is undefined.
        let options = WorkerOptions {
            batch_size: self.random.usize(1..=10),
            concurrency: 1,
            timeout: LONG,
            ..WorkerOptions::default()
        };
        let (function, handled) = counted(worker::function(self.function("queued")));
        let sent = sqs.snapshot("recs").expect("a queue").messages.len();
        self.harness.runtime.block_on(async {
            let (metrics, stop) = (Cloudwatch::new(), CancellationToken::new());
            let worker = Worker::start(source, function, metrics, options, stop);
            // Do not stop as soon as none is visible: a receive under way has some, and must not be
            // cut off.
            while handled.load(Ordering::Relaxed) < sent {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            worker.stop().await;
        });
        let left = sqs.snapshot("recs").expect("a queue").messages;
        left.into_iter().map(|message| message.body).collect()
    }

    /// Asserts that the function returned exactly the messages with users that this table cannot
    /// hold.
    fn assert_returned(&self, bodies: &[String], lines: &[String]) {
        let refused = |texts: &[String]| -> BTreeMap<String, Vec<model::Typed>> {
            let lists = texts.iter().flat_map(|text| model::lists(text));
            // The last list of a user is among those sent.
            lists.filter(|(user, _)| self.numbers && !model::is_number(user)).collect()
        };
        for body in bodies {
            let users = model::lists(body);
            let bad = users.iter().any(|(user, _)| self.numbers && !model::is_number(user));
            assert!(bad, "returned without a reason: {body}");
        }
        let readable = |line: &&String| {
            let decoding = Rules {
                numbers: false,
                world: None,
                only_newer: false,
                removals: Removals::Refused,
            };
            model::line(line, &decoding).is_some()
        };
        let lines: Vec<String> = lines.iter().filter(readable).cloned().collect();
        let (found, sent) = (refused(bodies), refused(&lines));
        assert!(found.keys().eq(sent.keys()), "{:?}", (found.keys(), sent.keys()));
    }
}
