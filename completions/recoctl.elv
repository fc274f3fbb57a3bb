
use builtin;
use str;

set edit:completion:arg-completer[recoctl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'recoctl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'recoctl'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand dlq 'Look into, understand and empty the dead-letter queue'
            cand backfill 'Write files of recommendations straight into DynamoDB'
            cand metrics 'Throttling, write capacity and queue depth, from CloudWatch'
            cand config 'Show what is configured, and where each value comes from'
            cand sandbox 'A local AWS with a seeded pipeline, for trying things out'
            cand completions 'Print a shell''s completion script'
            cand man 'Print a manual page, or write all of them'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand peek 'Show what is in the DLQ without disturbing it'
            cand classify 'Say why each message failed, and what to do about it'
            cand redrive 'Send back what can succeed, at a rate the table can take, losing nothing'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;peek'= {
            cand --max 'Show at most so many messages'
            cand --class 'Show only messages of this class; scans until --max of them are found'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --full 'Show the bodies, too'
            cand --force 'Receive even if the DLQ has a redrive policy of its own'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;dlq;classify'= {
            cand --max 'Look at so many messages only; without it, at all of them'
            cand --fail-on 'Exit with code 6 when a message of one of these classes is found'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --all 'Look at all messages (the default)'
            cand --force 'Receive even if the DLQ has a redrive policy of its own'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;dlq;redrive'= {
            cand --rate 'Move at most so many messages a second (may be a fraction); without it, as fast as SQS takes them'
            cand --class 'Move messages of these classes; `all` moves everything'
            cand --max 'Move at most so many messages, oldest first'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --dry-run 'Say what would be moved, and move nothing'
            cand --yes 'Answer yes to what `--class all` asks'
            cand --force 'Receive even if the DLQ has a redrive policy of its own'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;dlq;help'= {
            cand peek 'Show what is in the DLQ without disturbing it'
            cand classify 'Say why each message failed, and what to do about it'
            cand redrive 'Send back what can succeed, at a rate the table can take, losing nothing'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;help;peek'= {
        }
        &'recoctl;dlq;help;classify'= {
        }
        &'recoctl;dlq;help;redrive'= {
        }
        &'recoctl;dlq;help;help'= {
        }
        &'recoctl;backfill'= {
            cand --rejects 'Write every line or entry that could not be written to this new file (JSON lines)'
            cand --concurrency 'Batches of up to 25 items in flight at once'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --dry-run 'Read, filter and count, but write nothing'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;metrics'= {
            cand --since 'How far to look back, e.g. 90m, 6h, 7d'
            cand --period 'The length of a period, e.g. 1m, 5m, 1h; the finest that is not too much when not given'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;config'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand show 'Print what is in force and where each value came from'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;config;show'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;config;help'= {
            cand show 'Print what is in force and where each value came from'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;config;help;show'= {
        }
        &'recoctl;config;help;help'= {
        }
        &'recoctl;sandbox'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand start 'Run a seeded local AWS until Ctrl-C, and print the variables that point at it'
            cand demo 'A guided tour: each command is shown, then really run'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;sandbox;start'= {
            cand --port 'Listen on this port of 127.0.0.1; 0 takes a free one'
            cand --wcu 'Limit writes to this many WCU a second: what exceeds it is throttled as DynamoDB does'
            cand --fault 'Inject a fault into SQS, such as SendMessageBatch:entry-fail:0.1; may be given several times'
            cand --fault-seed 'Seed of the chance by which faults strike: the same seed strikes the same calls'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --empty 'Start with nothing in it: no queues, no table, no facts'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;sandbox;demo'= {
            cand --pause 'Wait so many seconds before each step, for watching'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;sandbox;help'= {
            cand start 'Run a seeded local AWS until Ctrl-C, and print the variables that point at it'
            cand demo 'A guided tour: each command is shown, then really run'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;sandbox;help;start'= {
        }
        &'recoctl;sandbox;help;demo'= {
        }
        &'recoctl;sandbox;help;help'= {
        }
        &'recoctl;completions'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;man'= {
            cand --out-dir 'Write every page into this directory instead'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --sandbox 'Run against a freshly seeded local AWS inside this process'
            cand -q 'No status and no progress on stderr; errors are still shown'
            cand --quiet 'No status and no progress on stderr; errors are still shown'
            cand -v 'More on stderr: -v what is done, -vv each AWS call'
            cand --verbose 'More on stderr: -v what is done, -vv each AWS call'
            cand --no-color 'No colour (NO_COLOR does the same)'
            cand --no-input 'Never ask; what would be asked is refused'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'recoctl;help'= {
            cand dlq 'Look into, understand and empty the dead-letter queue'
            cand backfill 'Write files of recommendations straight into DynamoDB'
            cand metrics 'Throttling, write capacity and queue depth, from CloudWatch'
            cand config 'Show what is configured, and where each value comes from'
            cand sandbox 'A local AWS with a seeded pipeline, for trying things out'
            cand completions 'Print a shell''s completion script'
            cand man 'Print a manual page, or write all of them'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;help;dlq'= {
            cand peek 'Show what is in the DLQ without disturbing it'
            cand classify 'Say why each message failed, and what to do about it'
            cand redrive 'Send back what can succeed, at a rate the table can take, losing nothing'
        }
        &'recoctl;help;dlq;peek'= {
        }
        &'recoctl;help;dlq;classify'= {
        }
        &'recoctl;help;dlq;redrive'= {
        }
        &'recoctl;help;backfill'= {
        }
        &'recoctl;help;metrics'= {
        }
        &'recoctl;help;config'= {
            cand show 'Print what is in force and where each value came from'
        }
        &'recoctl;help;config;show'= {
        }
        &'recoctl;help;sandbox'= {
            cand start 'Run a seeded local AWS until Ctrl-C, and print the variables that point at it'
            cand demo 'A guided tour: each command is shown, then really run'
        }
        &'recoctl;help;sandbox;start'= {
        }
        &'recoctl;help;sandbox;demo'= {
        }
        &'recoctl;help;completions'= {
        }
        &'recoctl;help;man'= {
        }
        &'recoctl;help;help'= {
        }
    ]
    $completions[$command]
}
