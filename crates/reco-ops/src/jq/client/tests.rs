use super::*;

async fn start(expression: &str) -> Evaluator {
    Evaluator::start(expression, &Child::for_tests()).await.expect("it starts")
}

/// Asks about all documents at once.
async fn answers(jq: &Evaluator, documents: &[impl AsRef<str>]) -> Vec<JqResponse> {
    futures::future::join_all(documents.iter().map(|text| jq.matches(text.as_ref()))).await
}

/// The documents `0`, `1` and so on.
fn numbers(to: u32) -> Vec<String> {
    (0..to).map(|n| n.to_string()).collect()
}

fn failed(answer: &JqResponse, with: &str) {
    assert!(matches!(answer, JqResponse::Failed(why) if why.contains(with)), "{with}: {answer:?}");
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_questions() {
    let jq = start(". % 3 == 0").await;
    for (n, answer) in answers(&jq, &numbers(200)).await.iter().enumerate() {
        assert_eq!(*answer, if n % 3 == 0 { JqResponse::Yes } else { JqResponse::No });
    }
}

#[tokio::test]
async fn a_message_that_ends_the_child_spares_the_others() {
    // 1 overflows the stack when printed, 2 takes all memory, 3 never ends.
    let jq = start(
        r#"if . == 1 then reduce range(3000000) as $i (0; [.]) | tojson
           elif . == 2 then [range(1e9)] | length
           elif . == 3 then def f: f; f
           elif . == 4 then def g: 1 + g; g
           else true end"#,
    )
    .await;
    let asked = ["0", "1", "5", "2", "6", "3", "7", "4", "8"];
    for (text, answer) in asked.iter().zip(&answers(&jq, &asked).await) {
        match *text {
            // Which limit ends it depends on the build, and on how busy the machine is.
            "1" | "2" | "3" | "4" => assert!(matches!(answer, JqResponse::Failed(_)), "{answer:?}"),
            _ => assert_eq!(*answer, JqResponse::Yes, "{text}"),
        }
    }
}

#[tokio::test]
async fn cpu_time_is_bounded() {
    let jq = start("def f: f; f").await;
    failed(&jq.matches("1").await, "CPU time");
}

#[tokio::test]
async fn the_stack_is_bounded() {
    let jq = start("if . == 1 then [recurse([.])] | length else true end").await;
    assert!(matches!(jq.matches("1").await, JqResponse::Failed(_)));
    let jq = start("reduce range(500000) as $i (0; [.]) | tojson").await;
    failed(&jq.matches("1").await, "jq exhausted its stack");
}

#[tokio::test]
async fn memory_is_bounded() {
    let jq = start(r#""x" * 2000000000 | length"#).await;
    failed(&jq.matches("1").await, "MiB of memory");
    let jq = start(
        r#"if . == 1 then reduce range(40) as $i ("xxxxxxxx"; . + .) | length else true end"#,
    )
    .await;
    failed(&jq.matches("1").await, "MiB of memory");
    assert_eq!(jq.matches("2").await, JqResponse::Yes);
}

#[tokio::test]
async fn what_does_not_compile_is_said_and_never_overflows_the_parent() {
    let child = Child::for_tests();
    assert!(
        Evaluator::start("nope", &child).await.is_err_and(|why| why.contains("no such filter"))
    );
    for deep in ["[".repeat(500_000), "-".repeat(500_000), ".|".repeat(500_000)] {
        assert!(Evaluator::start(&deep, &child).await.is_err());
    }
}

#[tokio::test]
async fn the_childs_chatter_is_not_heard() {
    let jq = start(r#"("\u001b[2J" * 100000 | stderr, debug) | true"#).await;
    assert_eq!(jq.matches("1").await, JqResponse::Yes);
    assert_eq!(jq.matches("2").await, JqResponse::Yes);
}

/// One that never ends takes seconds for every message: after a few of them the rest are not tried.
#[tokio::test]
async fn an_expression_that_never_ends_is_given_up() {
    let jq = start("if . % 2 == 0 then def f: f; f else true end").await;
    let answers = answers(&jq, &numbers(100)).await;
    let tried = 2 * usize::try_from(SLOW).expect("small");
    for (n, answer) in answers.iter().enumerate().take(tried - 1) {
        match n % 2 {
            // By CPU time, or by the clock on a machine that gives it none.
            0 => assert!(
                matches!(answer, JqResponse::Failed(why) if !why.starts_with("not evaluated")),
                "{n}: {answer:?}"
            ),
            _ => assert_eq!(*answer, JqResponse::Yes, "{n}"),
        }
    }
    answers[tried..].iter().for_each(|answer| failed(answer, "not evaluated, because jq took"));
}
