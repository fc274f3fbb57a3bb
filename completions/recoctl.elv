
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand facts 'Check and copy the database of facts about users and articles'
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand journal 'What earlier redrives did; resume one that was cut off, or put its messages back'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;peek'= {
            cand --class 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded'
            cand --id 'Only these messages; @FILE reads the ids from a file, one a line'
            cand --where 'Only messages for which this jq expression holds, e.g. ''.attributes.source == "batch"''; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id'
            cand --older-than 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d'
            cand --newer-than 'Only messages sent less long ago than this'
            cand --max 'Show at most so many messages; scans until that many are found'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand --class 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded'
            cand --id 'Only these messages; @FILE reads the ids from a file, one a line'
            cand --where 'Only messages for which this jq expression holds, e.g. ''.attributes.source == "batch"''; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id'
            cand --older-than 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d'
            cand --newer-than 'Only messages sent less long ago than this'
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand --class 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded'
            cand --id 'Only these messages; @FILE reads the ids from a file, one a line'
            cand --where 'Only messages for which this jq expression holds, e.g. ''.attributes.source == "batch"''; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id'
            cand --older-than 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d'
            cand --newer-than 'Only messages sent less long ago than this'
            cand --max 'Move at most so many messages, oldest first'
            cand --plan 'Move exactly the messages that a dry run planned: FILE is what `--dry-run --output json` wrote'
            cand --to 'Move to this queue (name, URL or ARN) instead of the source queue; of the same type as the DLQ'
            cand --journal 'Write the journal to this new file instead of one in the state directory'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --dry-run 'Say what would be moved, and move nothing'
            cand --yes 'Answer yes to what is asked when nothing narrows the choice (`--class all`)'
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
        &'recoctl;dlq;journal'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand list 'List the journals of this endpoint, newest first'
            cand show 'Show how each message of a journal stands'
            cand resume 'Bring a run that was cut off to its end: delete what was acknowledged, send nothing twice'
            cand restore 'Put the messages of a journal back into a queue'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;journal;list'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
        &'recoctl;dlq;journal;show'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
        &'recoctl;dlq;journal;resume'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
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
        &'recoctl;dlq;journal;restore'= {
            cand --to 'The queue to put them into: name, URL or ARN; without it, the DLQ that they came from'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
            cand --policy 'The filter''s policy (TOML); the default policy has every rule on'
            cand -o 'How results are written to stdout'
            cand --output 'How results are written to stdout'
            cand --all 'Restore every message of the journal, those included that the DLQ may still have'
            cand --yes 'Answer yes to the question before anything is sent'
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
        &'recoctl;dlq;journal;help'= {
            cand list 'List the journals of this endpoint, newest first'
            cand show 'Show how each message of a journal stands'
            cand resume 'Bring a run that was cut off to its end: delete what was acknowledged, send nothing twice'
            cand restore 'Put the messages of a journal back into a queue'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;journal;help;list'= {
        }
        &'recoctl;dlq;journal;help;show'= {
        }
        &'recoctl;dlq;journal;help;resume'= {
        }
        &'recoctl;dlq;journal;help;restore'= {
        }
        &'recoctl;dlq;journal;help;help'= {
        }
        &'recoctl;dlq;help'= {
            cand peek 'Show what is in the DLQ without disturbing it'
            cand classify 'Say why each message failed, and what to do about it'
            cand redrive 'Send back what can succeed, at a rate the table can take, losing nothing'
            cand journal 'What earlier redrives did; resume one that was cut off, or put its messages back'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;help;peek'= {
        }
        &'recoctl;dlq;help;classify'= {
        }
        &'recoctl;dlq;help;redrive'= {
        }
        &'recoctl;dlq;help;journal'= {
            cand list 'List the journals of this endpoint, newest first'
            cand show 'Show how each message of a journal stands'
            cand resume 'Bring a run that was cut off to its end: delete what was acknowledged, send nothing twice'
            cand restore 'Put the messages of a journal back into a queue'
        }
        &'recoctl;dlq;help;journal;list'= {
        }
        &'recoctl;dlq;help;journal;show'= {
        }
        &'recoctl;dlq;help;journal;resume'= {
        }
        &'recoctl;dlq;help;journal;restore'= {
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
        &'recoctl;facts'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand check 'Hold the configured tables and columns against the database''s schema'
            cand snapshot 'Copy users, articles, reads and mutes into an SQLite file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;facts;check'= {
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
        &'recoctl;facts;snapshot'= {
            cand --out 'The SQLite file to write; an older snapshot is replaced'
            cand --page-size 'Rows read from the database at a time'
            cand --env 'The environment: a section `[env.NAME]` of recoctl.toml'
            cand --config 'Read this file instead of ./recoctl.toml or the user''s own'
            cand --profile 'The AWS profile'
            cand --region 'The AWS region'
            cand --endpoint-url 'Send AWS calls to this endpoint instead of AWS''s own'
            cand --queue 'The source queue: name, URL or ARN'
            cand --dlq 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)'
            cand --table 'The DynamoDB table: name or ARN'
            cand --function 'The Lambda function''s name'
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
        &'recoctl;facts;help'= {
            cand check 'Hold the configured tables and columns against the database''s schema'
            cand snapshot 'Copy users, articles, reads and mutes into an SQLite file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;facts;help;check'= {
        }
        &'recoctl;facts;help;snapshot'= {
        }
        &'recoctl;facts;help;help'= {
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand --facts 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts'
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
            cand facts 'Check and copy the database of facts about users and articles'
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
            cand journal 'What earlier redrives did; resume one that was cut off, or put its messages back'
        }
        &'recoctl;help;dlq;peek'= {
        }
        &'recoctl;help;dlq;classify'= {
        }
        &'recoctl;help;dlq;redrive'= {
        }
        &'recoctl;help;dlq;journal'= {
            cand list 'List the journals of this endpoint, newest first'
            cand show 'Show how each message of a journal stands'
            cand resume 'Bring a run that was cut off to its end: delete what was acknowledged, send nothing twice'
            cand restore 'Put the messages of a journal back into a queue'
        }
        &'recoctl;help;dlq;journal;list'= {
        }
        &'recoctl;help;dlq;journal;show'= {
        }
        &'recoctl;help;dlq;journal;resume'= {
        }
        &'recoctl;help;dlq;journal;restore'= {
        }
        &'recoctl;help;backfill'= {
        }
        &'recoctl;help;metrics'= {
        }
        &'recoctl;help;facts'= {
            cand check 'Hold the configured tables and columns against the database''s schema'
            cand snapshot 'Copy users, articles, reads and mutes into an SQLite file'
        }
        &'recoctl;help;facts;check'= {
        }
        &'recoctl;help;facts;snapshot'= {
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
