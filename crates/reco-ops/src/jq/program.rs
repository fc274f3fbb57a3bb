//! One compiled expression, inside the child.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use jaq_core::data::JustLut;
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::native::{Fun, bome, run, v};
use jaq_core::{Compiler, Ctx, DataT, Error, Exn, Filter, Vars};
use jaq_json::{Val, read};

use super::limits::{DEPTH, RESULT};
use super::wire::JqResponse;

/// Compiled expression.
pub(super) struct Program {
    filter: Filter<JustLut<Val>>,
}

thread_local! {
    /// Reason why the current message exceeds a limit. It stays set even if the expression handles
    /// the error (`fromjson?`), because its result would then be based on data it has not seen.
    static EXCEEDED: Cell<Option<&'static str>> = const { Cell::new(None) };
}

const TOO_DEEP_TO_PARSE: &str = "it parses JSON nested more than 1,000 levels deep";

impl Program {
    /// Compiles an expression.
    ///
    /// # Errors
    /// Describes the error and its position, in characters from 1.
    pub(super) fn compile(text: &str) -> Result<Self, String> {
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let arena = Arena::default();
        let modules = Loader::new(defs)
            .load(&arena, File { code: text, path: () })
            .map_err(|errors| errors.into_iter().next().map_or_else(String::new, load_error))?;
        // The compiler requires imports to be resolved first.
        load::import(&modules, |_| Err("modules are not supported".to_owned()))
            .map_err(|errors| errors.into_iter().next().map_or_else(String::new, load_error))?;
        let filter = Compiler::default().with_funs(funs()).compile(modules).map_err(|errors| {
            let first = errors.into_iter().next().and_then(|(file, undefined)| {
                let (name, what) = undefined.into_iter().next()?;
                let at = position(file.code, name);
                let why = if matches!(name, "env" | "$ENV") {
                    " (expressions cannot read the environment)"
                } else {
                    ""
                };
                Some(format!("no such {} at character {at}: {name}{why}", what.as_str()))
            });
            first.unwrap_or_default()
        })?;
        Ok(Program { filter })
    }

    /// Returns whether the first output for a JSON document exists and is neither `false` nor
    /// `null`.
    pub(super) fn matches(&self, document: &[u8]) -> JqResponse {
        let holds = || {
            let input = read::parse_single(document).map_err(|error| error.to_string())?;
            let output = self.run(input).next().transpose()?;
            let known = output.as_ref().is_none_or(|output| is_shallow(output, DEPTH));
            known.then_some(()).ok_or_else(too_deep)?;
            Ok(!matches!(output, None | Some(Val::Null | Val::Bool(false))))
        };
        limited(holds().map(|holds| if holds { JqResponse::Yes } else { JqResponse::No }))
    }

    /// Returns the single output for a body, given as its JSON value or, if it is not JSON, as a
    /// string.
    pub(super) fn rewrite(&self, body: &str, is_json: bool) -> JqResponse {
        limited(self.rewritten(body, is_json))
    }

    fn rewritten(&self, body: &str, is_json: bool) -> Result<JqResponse, String> {
        let input = if is_json {
            read::parse_single(body.as_bytes()).map_err(|error| error.to_string())?
        } else {
            Val::utf8_str(body.to_owned())
        };
        let before = is_json.then(|| input.to_string());
        let mut outputs = self.run(input);
        let output = outputs.next().ok_or("it produced no value")??;
        match outputs.next() {
            None => {}
            Some(Ok(_)) => return Err("it produced more than one value".to_owned()),
            Some(Err(error)) => return Err(error),
        }
        if !is_shallow(&output, DEPTH) {
            return Err(too_deep());
        }
        let text = match &output {
            Val::TStr(text) => String::from_utf8(text.to_vec())
                .map_err(|_| "its string is not UTF-8".to_owned())?,
            value => value.to_string(),
        };
        if text == body || before.as_ref() == Some(&text) {
            return Ok(JqResponse::No);
        }
        if text.len() > RESULT {
            return Err(format!("its result has {} bytes, more than {RESULT}", text.len()));
        }
        Ok(JqResponse::Text(text))
    }

    fn run(&self, input: Val) -> impl Iterator<Item = Result<Val, String>> {
        EXCEEDED.set(None);
        let context = Ctx::<JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        self.filter.id.run((context, input)).map(|output| output.map_err(failure))
    }
}

fn limited(result: Result<JqResponse, String>) -> JqResponse {
    match (EXCEEDED.take(), result) {
        (Some(why), _) => JqResponse::Failed(why.to_owned()),
        (None, Ok(answer)) => answer,
        (None, Err(error)) => JqResponse::Failed(shortened(&error)),
    }
}

fn too_deep() -> String {
    format!("its result is nested more than {DEPTH} levels deep")
}

/// Returns the available functions: those of jq without the environment, and with a bounded parser.
fn funs<D: for<'a> DataT<V<'a> = Val>>() -> impl Iterator<Item = Fun<D>> {
    let all = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let ours = ["env", "fromjson"];
    all.filter(move |(name, _, _)| !ours.contains(name)).chain([run((
        "fromjson",
        v(0),
        |(_, input): (_, Val)| {
            let text = match &input {
                Val::TStr(text) => text.clone(),
                other => {
                    let error = format!("cannot parse {} as JSON: no string", short(other));
                    return bome(Err(Error::str(error)));
                }
            };
            if !is_shallow_json(&text, DEPTH) {
                EXCEEDED.set(Some(TOO_DEEP_TO_PARSE));
                return bome(Err(Error::str(TOO_DEEP_TO_PARSE)));
            }
            let fail = |error: read::Error| {
                Exn::from(Error::str(format!("cannot parse {} as JSON: {error}", short(&input))))
            };
            // jq outputs each value in the text and ends at the first invalid one; the parser does
            // not advance past that and would report it endlessly.
            let mut values = Vec::new();
            for value in read::parse_many(&text) {
                let broken = value.is_err();
                values.push(value.map_err(fail));
                if broken {
                    break;
                }
            }
            Box::new(values.into_iter())
        },
    ))])
}

/// Compiles an expression and evaluates harmless ones on a document, as the child does with
/// untrusted bytes; for fuzzing.
pub fn check(expression: &str, document: &[u8]) {
    const HARMLESS: &str =
        "(.body_text? | fromjson?), tojson, ([.. | numbers] | length), (.body? | keys?), .";
    thread_local! {
        static PROGRAM: Option<Program> = Program::compile(HARMLESS).ok();
        static SEEN: RefCell<HashSet<String>> = RefCell::default();
    }
    // Most do not parse or were seen before, and the rest of the compilation is slow.
    let fresh = SEEN.with_borrow_mut(|seen| {
        if seen.len() > 10_000 {
            seen.clear();
        }
        seen.insert(expression.to_owned())
    });
    let modules = ["import", "include", "module"].iter().any(|word| expression.contains(word));
    if fresh && (modules || load::parse(expression, |parser| parser.term()).is_some()) {
        let _ = Program::compile(expression);
    }
    PROGRAM.with(|program| {
        let (Some(program), Ok(text)) = (program, std::str::from_utf8(document)) else { return };
        let _ = program.matches(document);
        let _ = program.rewrite(text, super::is_json(text));
    });
}

/// Returns whether a JSON text nests arrays and objects at most `most` levels deep, judging only by
/// brackets outside of strings.
fn is_shallow_json(text: &[u8], most: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > most {
                    return false;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

/// Returns whether a value is nested at most `most` levels deep.
fn is_shallow(value: &Val, most: usize) -> bool {
    match (value, most.checked_sub(1)) {
        (Val::Arr(values), Some(most)) => values.iter().all(|value| is_shallow(value, most)),
        (Val::Obj(members), Some(most)) => {
            members.iter().all(|(name, value)| is_shallow(name, most) && is_shallow(value, most))
        }
        (Val::Arr(_) | Val::Obj(_), None) => false,
        _ => true,
    }
}

fn failure(exception: Exn<'_, Val>) -> String {
    match exception.get_err() {
        Ok(error) => shortened(&error.to_string()),
        Err(_) => "the expression called halt".to_owned(),
    }
}

fn load_error((file, error): (File<&str, ()>, load::Error<&str>)) -> String {
    let expected =
        |what: &str, at: &str| format!("expected {what} at character {}", position(file.code, at));
    let message = match error {
        load::Error::Io(errors) => errors.into_iter().next().map(|(path, _)| {
            let at = position(file.code, path);
            format!("modules are not supported: {path:?} at character {at}")
        }),
        load::Error::Lex(errors) => errors.first().map(|(what, at)| expected(what.as_str(), at)),
        load::Error::Parse(errors) => errors.first().map(|(what, at)| expected(what.as_str(), at)),
    };
    message.unwrap_or_default()
}

/// Returns the position of a part of the program, in characters from 1; the program's end if it is
/// not a part.
fn position(program: &str, part: &str) -> usize {
    let at = (part.as_ptr() as usize).checked_sub(program.as_ptr() as usize);
    let before = at.and_then(|at| program.get(..at)).unwrap_or(program);
    before.chars().count() + 1
}

/// Returns the start of a value, for errors.
fn short(value: &Val) -> String {
    match value {
        Val::TStr(text) => {
            let beginning: Vec<u8> = text.iter().copied().take(400).collect();
            shortened(&format!("{:?}", String::from_utf8_lossy(&beginning)))
        }
        other => shortened(&other.to_string()),
    }
}

/// Shortens a jq error, which quotes the whole value, perhaps a megabyte.
fn shortened(text: &str) -> String {
    reco_core::clip::clip(text, 200).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        Program::compile(text).err().expect("it does not compile")
    }

    fn matches(expression: &str, document: &str) -> JqResponse {
        Program::compile(expression).expect("it compiles").matches(document.as_bytes())
    }

    #[test]
    fn what_does_not_compile_says_where() {
        for (query, at) in [(".a | nope(1)", 6), ("\"é\" | nope", 7), (".a ==", 6), ("$x", 1)] {
            let error = wrong(query);
            assert!(error.contains(&format!("at character {at}")), "{query}: {error}");
        }
        assert!(wrong("(.a").contains("closing parenthesis"));
    }

    #[test]
    fn modules_are_refused_of_every_kind() {
        for text in [
            r#"import "x" as $d; ."#,
            r#"import "x" as $d; $d"#,
            r#"import "x" as m; m::f"#,
            r#"include "x"; ."#,
            r#"include "a"; import "b" as $c; import "d" as e; ."#,
        ] {
            assert!(wrong(text).contains("modules are not supported"), "{text}: {}", wrong(text));
        }
    }

    #[test]
    fn the_environment_is_not_visible() {
        for text in ["env", "env.HOME", "$ENV", "$ENV.PATH", "[env] | length", "def f: env; f"] {
            assert!(wrong(text).contains("cannot read the environment"), "{text}: {}", wrong(text));
        }
        assert_eq!(
            matches(".env", r#"{"env":1}"#),
            JqResponse::Yes,
            "a member of that name is data"
        );
    }

    #[test]
    fn what_is_parsed_is_bounded_and_the_bound_cannot_be_caught() {
        let nested = |levels: usize| {
            let text = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
            serde_json::json!({ "t": text }).to_string()
        };
        assert_eq!(matches(".t | fromjson | true", &nested(DEPTH)), JqResponse::Yes);
        for expression in
            [".t | fromjson", ".t | fromjson?", "(try (.t | fromjson) catch 1) | true"]
        {
            let answer = matches(expression, &nested(DEPTH + 1));
            assert_eq!(answer, JqResponse::Failed(TOO_DEEP_TO_PARSE.to_owned()), "{expression}");
            // The next message starts afresh.
            assert_ne!(matches(expression, &nested(2)), answer);
        }
        let open = serde_json::json!({ "t": "[".repeat(200_000) }).to_string();
        assert!(matches!(matches(".t | fromjson? | .x", &open), JqResponse::Failed(_)));
        let quoted = serde_json::json!({ "t": format!("\"{}\"", "[".repeat(5_000)) }).to_string();
        assert_eq!(matches(".t | fromjson | length == 5000", &quoted), JqResponse::Yes);
    }

    #[test]
    fn several_values_in_a_text_are_several_outputs() {
        assert_eq!(matches("[.t | fromjson] == [1, [2]]", r#"{"t":"1 [2]"}"#), JqResponse::Yes);
        assert!(matches!(matches(".t | fromjson", r#"{"t":5}"#), JqResponse::Failed(_)));
        for broken in ["{", "}", "1 ]", "nul", "[1,]", "1 2 x 3", "\"", "[1] \u{7}"] {
            let document = serde_json::json!({ "t": broken }).to_string();
            assert!(
                matches!(matches("[.t | fromjson]", &document), JqResponse::Failed(_)),
                "{broken}"
            );
            assert_eq!(
                matches("[.t | fromjson?] | length < 3", &document),
                JqResponse::Yes,
                "{broken}"
            );
        }
    }

    #[test]
    fn deep_results_are_refused() {
        let tower = |levels: usize| format!("reduce range({levels}) as $i (0; [.])");
        assert_eq!(matches(&tower(DEPTH), "1"), JqResponse::Yes);
        assert!(
            matches!(matches(&tower(DEPTH + 1), "1"), JqResponse::Failed(why) if why.contains("deep"))
        );
        let objects = format!("reduce range({}) as $i (0; {{a: .}})", DEPTH + 1);
        assert!(matches!(matches(&objects, "1"), JqResponse::Failed(why) if why.contains("deep")));
    }
}
