
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
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand dlq 'Inspect, classify, redrive and purge the dead-letter queue'
            cand backfill 'Load files of recommendations into DynamoDB'
            cand verify 'Compare the table with files of recommendations'
            cand user 'Show one user''s list, what the filter makes of it today, and where else the user stands'
            cand metrics 'Show throttling, write capacity and queue depth from CloudWatch'
            cand facts 'Check or snapshot the facts database (users and articles)'
            cand config 'Show the effective configuration and manage trusted config files'
            cand sandbox 'Try recoctl on a local AWS with a seeded pipeline'
            cand completions 'Print a shell completion script'
            cand man 'Print a man page, or write all of them to a directory'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand peek 'Show messages in the DLQ without disturbing them'
            cand get 'Show one message in full, by its id or a prefix of it'
            cand classify 'Explain why each message failed and what to do about it'
            cand why 'Show how each attempt at a message failed, from the function''s log'
            cand rehearse 'Run messages through the function on a local copy of their items, without changing anything'
            cand redrive 'Move the messages that can succeed back to their source queue, without loss'
            cand export 'Save messages to a file, byte for byte; with --and-delete, then delete them'
            cand import 'Send exported messages to a queue, each of them once'
            cand purge 'Delete messages after backing them up to a file'
            cand tasks 'List and cancel SQS message move tasks'
            cand journal 'Inspect the journals of earlier redrives; resume a run or restore its messages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;peek'= {
            cand --class 'Only messages of these classes; `all` selects every class'
            cand --id 'The same as ID; @FILE reads ids from a file, one per line'
            cand --user 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line'
            cand --where 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"'''
            cand --source 'Only messages from these source queues: name, URL or ARN'
            cand --older-than 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d'
            cand --newer-than 'Only messages sent less than this long ago'
            cand -n 'Show at most N messages; scans until that many are found'
            cand --max 'Show at most N messages; scans until that many are found'
            cand --limit 'Show at most N messages; scans until that many are found'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --full 'Show bodies and message attributes, too'
            cand --force 'Proceed even if the DLQ has a redrive policy of its own: a look raises the receive count of every message by one, and there it may move messages on'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;get'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --force 'Proceed even if the DLQ has a redrive policy of its own'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;classify'= {
            cand --class 'Only messages of these classes; `all` selects every class'
            cand --id 'The same as ID; @FILE reads ids from a file, one per line'
            cand --user 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line'
            cand --where 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"'''
            cand --source 'Only messages from these source queues: name, URL or ARN'
            cand --older-than 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d'
            cand --newer-than 'Only messages sent less than this long ago'
            cand -n 'Classify at most N messages [default: all]'
            cand --max 'Classify at most N messages [default: all]'
            cand --limit 'Classify at most N messages [default: all]'
            cand --fail-on 'Exit with code 6 if a message of one of these classes is found'
            cand --since 'Read the log this far back [default: from the first send of the oldest message]'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --logs 'Also count what ended the messages, by the function''s log'
            cand --force 'Proceed even if the DLQ has a redrive policy of its own: a look raises the receive count of every message by one, and there it may move messages on'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;why'= {
            cand --since 'Read the function''s log this far back [default: from the first send of the message]'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --force 'Proceed even if the DLQ has a redrive policy of its own'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;rehearse'= {
            cand -n 'Rehearse at most N messages [default: all]'
            cand --max 'Rehearse at most N messages [default: all]'
            cand --limit 'Rehearse at most N messages [default: all]'
            cand --lambda-bin 'Run this Lambda binary (bootstrap) instead of the built-in handler'
            cand --timeout 'Timeout of the function, e.g. 30s'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --force 'Proceed even if the DLQ has a redrive policy of its own: a look raises the receive count of every message by one, and there it may move messages on'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;redrive'= {
            cand --rate 'Maximum messages per second (fractions allowed) [default: as fast as SQS accepts them]'
            cand --ramp 'Start slowly and reach --rate after this time, e.g. 1m'
            cand --max-backlog 'Pause while the destination holds N messages or more (visible, in flight and delayed)'
            cand --max-throttles 'Pause while CloudWatch reports more than N throttles per minute on writes to --table or on --function'
            cand --stop-on-bounce 'Stop when this percentage of the moved messages is back in the DLQ, checked from 20 messages on; `off` disables the check [default: 20%]'
            cand --wait 'After the move, wait until each moved message is in the table or back in the DLQ, at most this long [default without a value: 10m]'
            cand --canary 'Move N messages and wait for their outcome (--wait, or 10m), then the next N; stop with exit code 9 unless every message ends well'
            cand --id 'The same as ID; @FILE reads ids from a file, one per line'
            cand --user 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line'
            cand --where 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"'''
            cand --source 'Only messages from these source queues: name, URL or ARN'
            cand --older-than 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d'
            cand --newer-than 'Only messages sent less than this long ago'
            cand -n 'Move at most N messages, oldest first'
            cand --max 'Move at most N messages, oldest first'
            cand --limit 'Move at most N messages, oldest first'
            cand --hold 'Process in waves that hold at most N messages in flight [default: 100,000, or what --rate moves in 6 hours if less]'
            cand --plan 'Move exactly the messages of a plan: FILE is the output of `--dry-run --output json`'
            cand --to 'Destination queue: name, URL or ARN, of the same type as the DLQ [default: the queue that each message came from]'
            cand --transform 'Rewrite each body with this jq expression, e.g. ''.data |= map(select(.[0] != 0))''; the input is the body as JSON, or as a string if it is not JSON. Messages that still do not decode stay in the DLQ'
            cand --rejects 'With --salvage: save the entries that are not sent to this new file (JSON Lines)'
            cand --take-over 'Take over the lock of the run HOLDER on another machine, which a refusal names'
            cand --engine 'How to move the messages'
            cand --journal 'New journal file to write [default: a file in the state directory]'
            cand --class 'Only messages of these classes; `all` selects every class [default: retryable; with ID, --user or --where: every class except stale and superseded]'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --resend-uncertain 'Also move messages that an earlier run may have sent already; the destination may then hold duplicates'
            cand --unwrap 'Strip known envelopes (SNS, EventBridge, Lambda destination, SQS event) and send the content'
            cand --salvage 'Split messages that have good and bad entries (class partial): send the entries that the filter accepts and save the others to --rejects; selects partial messages by default, too'
            cand --dry-run 'Show what would be moved, without moving'
            cand --yes 'Skip the confirmation that `--class all` asks for when no option narrows the selection'
            cand --force 'Proceed even if the DLQ has a redrive policy of its own'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;export'= {
            cand --class 'Only messages of these classes; `all` selects every class'
            cand --id 'The same as ID; @FILE reads ids from a file, one per line'
            cand --user 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line'
            cand --where 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"'''
            cand --source 'Only messages from these source queues: name, URL or ARN'
            cand --older-than 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d'
            cand --newer-than 'Only messages sent less than this long ago'
            cand -n 'Export at most N messages, oldest first'
            cand --max 'Export at most N messages, oldest first'
            cand --limit 'Export at most N messages, oldest first'
            cand --take-over 'Take over the lock of the run HOLDER on another machine, which a refusal names'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --and-delete 'Delete the exported messages from the DLQ once the file is safely on disk'
            cand --yes 'Skip the confirmation that --and-delete asks for when no option narrows the selection'
            cand --force 'Proceed even if the DLQ has a redrive policy of its own'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;import'= {
            cand --to 'Queue to send to: name, URL or ARN [default: the queue that was exported]'
            cand --rate 'Maximum messages per second (fractions allowed)'
            cand --take-over 'Take over the lock of the run HOLDER on another machine, which a refusal names'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --again 'Send every message again, even those that earlier imports of this export sent to the queue'
            cand --dry-run 'Check the file and show what would be sent, without sending'
            cand --yes 'Skip the confirmation prompt'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;purge'= {
            cand --class 'Only messages of these classes; `all` selects every class'
            cand --id 'The same as ID; @FILE reads ids from a file, one per line'
            cand --user 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line'
            cand --where 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"'''
            cand --source 'Only messages from these source queues: name, URL or ARN'
            cand --older-than 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d'
            cand --newer-than 'Only messages sent less than this long ago'
            cand -n 'Delete at most N messages, oldest first'
            cand --max 'Delete at most N messages, oldest first'
            cand --limit 'Delete at most N messages, oldest first'
            cand --backup 'Back up the messages to this new file first (JSON Lines; compressed if named `.gz` or `.zst`)'
            cand --take-over 'Take over the lock of the run HOLDER on another machine, which a refusal names'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --no-backup 'Delete without a backup; requires --yes'
            cand --all-now 'Call PurgeQueue: delete everything at once without a backup, including messages that are in flight or arrive meanwhile'
            cand --dry-run 'Show what would be deleted, without deleting'
            cand --yes 'Skip the confirmation that is required with --no-backup or when no option narrows the selection'
            cand --force 'Proceed even if the DLQ has a redrive policy of its own or, with --all-now, it is not the DLQ of any queue'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;tasks'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the DLQ''s most recent move tasks (up to 10), newest first'
            cand cancel 'Cancel the DLQ''s running move task; messages already moved stay moved'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;tasks;list'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;tasks;cancel'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;tasks;help'= {
            cand list 'List the DLQ''s most recent move tasks (up to 10), newest first'
            cand cancel 'Cancel the DLQ''s running move task; messages already moved stay moved'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;tasks;help;list'= {
        }
        &'recoctl;dlq;tasks;help;cancel'= {
        }
        &'recoctl;dlq;tasks;help;help'= {
        }
        &'recoctl;dlq;journal'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the journals for this endpoint, newest first'
            cand show 'Show the state of each message in a journal'
            cand outcome 'Show the outcome of the messages that a run moved, and how many of their users have a list'
            cand resume 'Finish an interrupted run: delete the messages it has sent, without sending any twice'
            cand restore 'Send the messages of a journal back to the DLQ or another queue'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;journal;list'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;journal;show'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;journal;outcome'= {
            cand --wait 'Wait until each moved message is in the table or back in the DLQ, at most this long; without it, look once [default without a value: 10m]'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;journal;resume'= {
            cand --take-over 'Take over the lock of the run HOLDER on another machine, which a refusal names'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --force 'Proceed even if the DLQ has a redrive policy of its own'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;journal;restore'= {
            cand --to 'Queue to restore to: name, URL or ARN [default: the DLQ that the messages came from]'
            cand --take-over 'Take over the lock of the run HOLDER on another machine, which a refusal names'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --all 'Restore every message of the journal, even those that may still be in the DLQ'
            cand --again 'Send every message again, even those that an earlier restore of this run (or import of this export) sent to the queue'
            cand --yes 'Skip the confirmation prompt'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;dlq;journal;help'= {
            cand list 'List the journals for this endpoint, newest first'
            cand show 'Show the state of each message in a journal'
            cand outcome 'Show the outcome of the messages that a run moved, and how many of their users have a list'
            cand resume 'Finish an interrupted run: delete the messages it has sent, without sending any twice'
            cand restore 'Send the messages of a journal back to the DLQ or another queue'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;journal;help;list'= {
        }
        &'recoctl;dlq;journal;help;show'= {
        }
        &'recoctl;dlq;journal;help;outcome'= {
        }
        &'recoctl;dlq;journal;help;resume'= {
        }
        &'recoctl;dlq;journal;help;restore'= {
        }
        &'recoctl;dlq;journal;help;help'= {
        }
        &'recoctl;dlq;help'= {
            cand peek 'Show messages in the DLQ without disturbing them'
            cand get 'Show one message in full, by its id or a prefix of it'
            cand classify 'Explain why each message failed and what to do about it'
            cand why 'Show how each attempt at a message failed, from the function''s log'
            cand rehearse 'Run messages through the function on a local copy of their items, without changing anything'
            cand redrive 'Move the messages that can succeed back to their source queue, without loss'
            cand export 'Save messages to a file, byte for byte; with --and-delete, then delete them'
            cand import 'Send exported messages to a queue, each of them once'
            cand purge 'Delete messages after backing them up to a file'
            cand tasks 'List and cancel SQS message move tasks'
            cand journal 'Inspect the journals of earlier redrives; resume a run or restore its messages'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;dlq;help;peek'= {
        }
        &'recoctl;dlq;help;get'= {
        }
        &'recoctl;dlq;help;classify'= {
        }
        &'recoctl;dlq;help;why'= {
        }
        &'recoctl;dlq;help;rehearse'= {
        }
        &'recoctl;dlq;help;redrive'= {
        }
        &'recoctl;dlq;help;export'= {
        }
        &'recoctl;dlq;help;import'= {
        }
        &'recoctl;dlq;help;purge'= {
        }
        &'recoctl;dlq;help;tasks'= {
            cand list 'List the DLQ''s most recent move tasks (up to 10), newest first'
            cand cancel 'Cancel the DLQ''s running move task; messages already moved stay moved'
        }
        &'recoctl;dlq;help;tasks;list'= {
        }
        &'recoctl;dlq;help;tasks;cancel'= {
        }
        &'recoctl;dlq;help;journal'= {
            cand list 'List the journals for this endpoint, newest first'
            cand show 'Show the state of each message in a journal'
            cand outcome 'Show the outcome of the messages that a run moved, and how many of their users have a list'
            cand resume 'Finish an interrupted run: delete the messages it has sent, without sending any twice'
            cand restore 'Send the messages of a journal back to the DLQ or another queue'
        }
        &'recoctl;dlq;help;journal;list'= {
        }
        &'recoctl;dlq;help;journal;show'= {
        }
        &'recoctl;dlq;help;journal;outcome'= {
        }
        &'recoctl;dlq;help;journal;resume'= {
        }
        &'recoctl;dlq;help;journal;restore'= {
        }
        &'recoctl;dlq;help;help'= {
        }
        &'recoctl;backfill'= {
            cand --map 'Convert each line to one of the shapes below with this jq expression, e.g. ''[.user, [.items[].id]]''; every output value counts as a line'
            cand --rejects 'Save lines and entries that could not be written to this new file (JSON Lines)'
            cand --concurrency 'Batches (up to 25 items each) in flight at once: a number up to 512, or `auto` for as many as raise the throughput'
            cand --facts-memory 'Memory for facts about articles, such as 256M: if all fit, they are read once; otherwise they are read on demand'
            cand --facts-max-age 'Refuse facts snapshots older than this, such as 36h or 7d'
            cand --checkpoint 'Checkpoint file [default: a file in the state directory, found again by the same command]'
            cand --max-rejects 'Stop when more lines than this are rejected: a count, or a percentage such as 1% (checked from 1,000 lines on, and at the end)'
            cand --verify 'Read back what was written: a random sample of N users (1000 if no number is given), or `all`'
            cand --rcu 'Maximum read capacity units per second for --verify and --compare [default: no limit]'
            cand --compare 'With --dry-run: read what the table holds, and count what would change: a random sample of N users (1000 if no number is given), or `all`'
            cand --price-per-million-wru 'With --dry-run: estimate the cost at this price per million write request units'
            cand --wcu 'Maximum WCU per second, indexes included: a number, a percentage of the table''s own limit such as 50%, or `auto` to adapt to what the table can take [default: no limit; slow down when throttled]'
            cand --shuffle-window 'Shuffle writes in windows of N items, so that key-sorted input does not create a hot partition; 0 keeps the input order'
            cand --only-where-table-holds 'Replace only what this file wrote: write an item only where the table still holds the list that a backfill of FILE gives the user; takes one conditional call per item. Repeat for several files'
            cand --replace-written-between 'Replace only items whose `generated_at` in the table is in this period, both ends included'
            cand --generated-at 'Generation time of lists without a `generated_at`: ISO 8601 or epoch seconds'
            cand --attr 'Add this attribute to every item: a plain number becomes a Number, anything else a String; set the type with NAME:S=VALUE or NAME:N=VALUE'
            cand --ttl 'Expire items this long after the start of the run, e.g. 30d'
            cand --ttl-attribute 'TTL attribute of the table'
            cand --list-type 'Write list ids as Numbers (N) or Strings (S), whatever the table holds [default: as in a sample of the table''s lists; without any, as in the input]'
            cand --shard 'Process only shard I of N (shards split the input by user and need no coordination)'
            cand --via 'Send the lists to the source queue instead; the Lambda filters and writes them'
            cand --users-per-message 'Maximum number of lists per queue message'
            cand --rate 'Maximum messages per second (fractions allowed)'
            cand --emit 'Write the filtered items to files in this new directory instead, for DynamoDB to import from S3; the only FORMAT is dynamodb-json'
            cand --emit-compression 'Compression of the files'
            cand --part-size 'Maximum file size before compression (K, M and G are powers of 1024)'
            cand --s3 'S3 location to use in the printed upload and import commands; recoctl uploads nothing itself'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --table 'DynamoDB table: name or ARN'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand --reason 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --dry-run 'Read, filter and count without writing'
            cand --resume 'Resume an interrupted run from its checkpoint (same inputs, same table)'
            cand --if-newer 'Keep items that are as new as the line or newer, by `generated_at`; takes one call per item'
            cand --ttl-anyway 'Write --ttl even if TTL is disabled on the table or uses another attribute'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;verify'= {
            cand --users 'Number of randomly sampled users to check, or `all`'
            cand --rcu 'Maximum read capacity units per second [default: no limit]'
            cand --map 'Convert each line to one of backfill''s input shapes with this jq expression'
            cand --shard 'Verify only the users of shard I of N'
            cand --facts-memory 'Memory for facts about articles, such as 256M: if all fit, they are read once; otherwise they are read on demand'
            cand --facts-max-age 'Refuse facts snapshots older than this, such as 36h or 7d'
            cand --generated-at 'Generation time of lists without a `generated_at`: ISO 8601 or epoch seconds'
            cand --attr 'Expect this attribute in every item'
            cand --ttl 'Expect every item to expire within this time from now, and not yet'
            cand --ttl-attribute 'TTL attribute of the table'
            cand --list-type 'Expect list ids as Numbers (N) or Strings (S) [default: as in the table''s lists]'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --table 'DynamoDB table: name or ARN'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --same 'List the users whose item in the table is still a list of the files, whatever other lists the table holds'
            cand --if-newer 'Expect the newest list of each user, and accept what the table holds for the same time [implied by writes.only_newer in the policy]'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;user'= {
            cand --in 'Also find the user in this file, in any shape that backfill reads, or in an export; repeatable'
            cand --map 'Convert each line of the files to one of backfill''s input shapes with this jq expression'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --in-dlq 'Also look through the DLQ for messages of the user; every message is visible again afterwards (implied by --dlq)'
            cand --force 'Look through the DLQ even if it has a redrive policy of its own'
            cand --all 'Show every id of the list, not only those that would be dropped today'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;metrics'= {
            cand --since 'Time range to look back, e.g. 90m, 6h, 7d'
            cand --period 'Length of a period, e.g. 1m, 5m, 1h [default: the finest that suits the time range]'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;facts'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand check 'Check the configured tables and columns against the database schema'
            cand snapshot 'Copy users, articles, reads and mutes to an SQLite file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;facts;check'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;facts;snapshot'= {
            cand --out 'SQLite file to write; replaces an older snapshot'
            cand --page-size 'Rows to read from the database per query'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;facts;help'= {
            cand check 'Check the configured tables and columns against the database schema'
            cand snapshot 'Copy users, articles, reads and mutes to an SQLite file'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;facts;help;check'= {
        }
        &'recoctl;facts;help;snapshot'= {
        }
        &'recoctl;facts;help;help'= {
        }
        &'recoctl;config'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand show 'Print the effective configuration and the source of each value'
            cand trust 'Trust the current content of the recoctl.toml in the working directory'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;config;show'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --profile 'AWS profile to use'
            cand --region 'AWS region to use'
            cand --endpoint-url 'Override the AWS endpoint URL'
            cand --queue 'Source queue: name, URL or ARN'
            cand --dlq 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]'
            cand --table 'DynamoDB table: name or ARN'
            cand --function 'Lambda function name'
            cand --facts 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --sandbox 'Run against a freshly seeded local AWS embedded in this process'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;config;trust'= {
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --revoke 'Revoke trust in the file'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;config;help'= {
            cand show 'Print the effective configuration and the source of each value'
            cand trust 'Trust the current content of the recoctl.toml in the working directory'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;config;help;show'= {
        }
        &'recoctl;config;help;trust'= {
        }
        &'recoctl;config;help;help'= {
        }
        &'recoctl;sandbox'= {
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand start 'Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it'
            cand demo 'Take a guided tour that shows and runs the main commands'
            cand load 'Load-test a local pipeline and report which part saturates first'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;sandbox;start'= {
            cand --port 'Port on 127.0.0.1 to listen on; 0 picks a free one'
            cand --wcu 'Limit writes to this many WCU per second and throttle the rest as DynamoDB does'
            cand --throttle-as 'Limit that writes beyond --wcu are said to have hit: provisioned, key-range, on-demand or account'
            cand --lambda-bin 'Run this Lambda binary (bootstrap) instead of the built-in handler'
            cand --reserved-concurrency 'Concurrent invocations that the function may have; more of them are throttled'
            cand --count-lag 'Seconds for which the counts of messages stay as first shown, as counts of SQS lag'
            cand --metrics-lag 'Seconds by which metrics are late, as those of CloudWatch may be'
            cand --fault 'Inject an SQS fault, e.g. SendMessageBatch:entry-fail:0.1; may be repeated'
            cand --iam-policy 'Hold an access key to an IAM policy document; may be repeated'
            cand --fault-seed 'Random seed for faults; the same seed hits the same calls'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand --empty 'Start empty: no queues, no table, no facts'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;sandbox;demo'= {
            cand --pause 'Seconds to wait before each step'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;sandbox;load'= {
            cand --users 'Number of users to send, one list each'
            cand --rate 'Users to send per second [default: as fast as the queue accepts them]'
            cand --wcu 'Write capacity units per second of the table [default: no limit]'
            cand --concurrency 'Maximum concurrent invocations (MaximumConcurrency of the event source mapping)'
            cand --for 'Stop after this time even if the queue is not empty, e.g. 60s, 5m'
            cand --per-message 'Users per message'
            cand --list 'Articles per list'
            cand --reads 'Articles read per user; determines the load on the facts database'
            cand --batch-size 'Messages per batch (BatchSize of the event source mapping)'
            cand --window 'Batching window in seconds; required if --batch-size is above 10'
            cand --timeout 'Function timeout in seconds'
            cand --lambda-bin 'Run this Lambda binary (bootstrap) instead of the built-in handler'
            cand --env 'Environment to use: the `[env.NAME]` section of recoctl.toml'
            cand --config 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory'
            cand --policy 'Filter policy file (TOML) [default: every rule on]'
            cand -o 'Output format for results on stdout'
            cand --output 'Output format for results on stdout'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;sandbox;help'= {
            cand start 'Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it'
            cand demo 'Take a guided tour that shows and runs the main commands'
            cand load 'Load-test a local pipeline and report which part saturates first'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;sandbox;help;start'= {
        }
        &'recoctl;sandbox;help;demo'= {
        }
        &'recoctl;sandbox;help;load'= {
        }
        &'recoctl;sandbox;help;help'= {
        }
        &'recoctl;completions'= {
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;man'= {
            cand --out-dir 'Write all pages to this directory instead'
            cand -q 'Suppress status and progress on stderr; errors are still shown'
            cand --quiet 'Suppress status and progress on stderr; errors are still shown'
            cand -v 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --verbose 'Increase logging on stderr: -v for actions, -vv for every AWS call'
            cand --no-color 'Disable colored output (same as setting NO_COLOR)'
            cand --no-input 'Never prompt; fail instead'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'recoctl;help'= {
            cand dlq 'Inspect, classify, redrive and purge the dead-letter queue'
            cand backfill 'Load files of recommendations into DynamoDB'
            cand verify 'Compare the table with files of recommendations'
            cand user 'Show one user''s list, what the filter makes of it today, and where else the user stands'
            cand metrics 'Show throttling, write capacity and queue depth from CloudWatch'
            cand facts 'Check or snapshot the facts database (users and articles)'
            cand config 'Show the effective configuration and manage trusted config files'
            cand sandbox 'Try recoctl on a local AWS with a seeded pipeline'
            cand completions 'Print a shell completion script'
            cand man 'Print a man page, or write all of them to a directory'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'recoctl;help;dlq'= {
            cand peek 'Show messages in the DLQ without disturbing them'
            cand get 'Show one message in full, by its id or a prefix of it'
            cand classify 'Explain why each message failed and what to do about it'
            cand why 'Show how each attempt at a message failed, from the function''s log'
            cand rehearse 'Run messages through the function on a local copy of their items, without changing anything'
            cand redrive 'Move the messages that can succeed back to their source queue, without loss'
            cand export 'Save messages to a file, byte for byte; with --and-delete, then delete them'
            cand import 'Send exported messages to a queue, each of them once'
            cand purge 'Delete messages after backing them up to a file'
            cand tasks 'List and cancel SQS message move tasks'
            cand journal 'Inspect the journals of earlier redrives; resume a run or restore its messages'
        }
        &'recoctl;help;dlq;peek'= {
        }
        &'recoctl;help;dlq;get'= {
        }
        &'recoctl;help;dlq;classify'= {
        }
        &'recoctl;help;dlq;why'= {
        }
        &'recoctl;help;dlq;rehearse'= {
        }
        &'recoctl;help;dlq;redrive'= {
        }
        &'recoctl;help;dlq;export'= {
        }
        &'recoctl;help;dlq;import'= {
        }
        &'recoctl;help;dlq;purge'= {
        }
        &'recoctl;help;dlq;tasks'= {
            cand list 'List the DLQ''s most recent move tasks (up to 10), newest first'
            cand cancel 'Cancel the DLQ''s running move task; messages already moved stay moved'
        }
        &'recoctl;help;dlq;tasks;list'= {
        }
        &'recoctl;help;dlq;tasks;cancel'= {
        }
        &'recoctl;help;dlq;journal'= {
            cand list 'List the journals for this endpoint, newest first'
            cand show 'Show the state of each message in a journal'
            cand outcome 'Show the outcome of the messages that a run moved, and how many of their users have a list'
            cand resume 'Finish an interrupted run: delete the messages it has sent, without sending any twice'
            cand restore 'Send the messages of a journal back to the DLQ or another queue'
        }
        &'recoctl;help;dlq;journal;list'= {
        }
        &'recoctl;help;dlq;journal;show'= {
        }
        &'recoctl;help;dlq;journal;outcome'= {
        }
        &'recoctl;help;dlq;journal;resume'= {
        }
        &'recoctl;help;dlq;journal;restore'= {
        }
        &'recoctl;help;backfill'= {
        }
        &'recoctl;help;verify'= {
        }
        &'recoctl;help;user'= {
        }
        &'recoctl;help;metrics'= {
        }
        &'recoctl;help;facts'= {
            cand check 'Check the configured tables and columns against the database schema'
            cand snapshot 'Copy users, articles, reads and mutes to an SQLite file'
        }
        &'recoctl;help;facts;check'= {
        }
        &'recoctl;help;facts;snapshot'= {
        }
        &'recoctl;help;config'= {
            cand show 'Print the effective configuration and the source of each value'
            cand trust 'Trust the current content of the recoctl.toml in the working directory'
        }
        &'recoctl;help;config;show'= {
        }
        &'recoctl;help;config;trust'= {
        }
        &'recoctl;help;sandbox'= {
            cand start 'Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it'
            cand demo 'Take a guided tour that shows and runs the main commands'
            cand load 'Load-test a local pipeline and report which part saturates first'
        }
        &'recoctl;help;sandbox;start'= {
        }
        &'recoctl;help;sandbox;demo'= {
        }
        &'recoctl;help;sandbox;load'= {
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
