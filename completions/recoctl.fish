# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_recoctl_global_optspecs
    string join \n env= config= profile= region= endpoint-url= sandbox queue= dlq= table= function= facts= policy= o/output= q/quiet v/verbose no-color no-input h/help V/version
end

function __fish_recoctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_recoctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_recoctl_using_subcommand
    set -l cmd (__fish_recoctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c recoctl -n "__fish_recoctl_needs_command" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_needs_command" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_needs_command" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_needs_command" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_needs_command" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_needs_command" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_needs_command" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_needs_command" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_needs_command" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "dlq" -d 'Inspect, classify, redrive and purge the dead-letter queue'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "backfill" -d 'Load files of recommendations into DynamoDB'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "verify" -d 'Compare the table with files of recommendations'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "metrics" -d 'Show throttling, write capacity and queue depth from CloudWatch'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "facts" -d 'Check or snapshot the facts database (users and articles)'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "config" -d 'Show the effective configuration and manage trusted config files'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "sandbox" -d 'Try recoctl on a local AWS with a seeded pipeline'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "completions" -d 'Print a shell completion script'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "man" -d 'Print a man page, or write all of them to a directory'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "peek" -d 'Show messages in the DLQ without disturbing them'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "classify" -d 'Explain why each message failed and what to do about it'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "redrive" -d 'Move the messages that can succeed back to their source queue, without loss'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "export" -d 'Save messages to a file, byte for byte; with --and-delete, then delete them'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "import" -d 'Send exported messages to a queue, each of them once'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "purge" -d 'Delete messages after backing them up to a file'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "tasks" -d 'List and cancel SQS message move tasks'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "journal" -d 'Inspect the journals of earlier redrives; resume a run or restore its messages'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l class -d 'Only messages of these classes; `all` selects every class. redrive defaults to retryable or, with --id or --where, to every class except stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l id -d 'Only messages with these ids or id prefixes (as printed in tables); @FILE reads them from a file, one per line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l where -d 'Only messages that match this jq expression, e.g. \'.attributes.source == "batch"\'; available: message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l source -d 'Only messages from these source queues: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l older-than -d 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l newer-than -d 'Only messages sent less than this long ago' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l max -d 'Show at most N messages; scans until that many are found' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l full -d 'Show bodies and message attributes, too'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l force -d 'Proceed even if the DLQ has a redrive policy of its own'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l class -d 'Only messages of these classes; `all` selects every class. redrive defaults to retryable or, with --id or --where, to every class except stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l id -d 'Only messages with these ids or id prefixes (as printed in tables); @FILE reads them from a file, one per line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l where -d 'Only messages that match this jq expression, e.g. \'.attributes.source == "batch"\'; available: message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l source -d 'Only messages from these source queues: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l older-than -d 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l newer-than -d 'Only messages sent less than this long ago' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l max -d 'Classify at most N messages [default: all]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l fail-on -d 'Exit with code 6 if a message of one of these classes is found' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l all -d 'Classify all messages (the default)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l force -d 'Proceed even if the DLQ has a redrive policy of its own'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l rate -d 'Maximum messages per second (fractions allowed) [default: as fast as SQS accepts them]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l ramp -d 'Start slowly and reach --rate after this time, e.g. 1m' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l max-backlog -d 'Pause while the destination holds N messages or more (visible, in flight and delayed)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l max-throttles -d 'Pause while CloudWatch reports more than N throttles per minute on writes to --table or on --function' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l stop-on-bounce -d 'Stop when this percentage of the moved messages is back in the DLQ, checked from 20 messages on; `off` disables the check [default: 20%]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l class -d 'Only messages of these classes; `all` selects every class. redrive defaults to retryable or, with --id or --where, to every class except stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l id -d 'Only messages with these ids or id prefixes (as printed in tables); @FILE reads them from a file, one per line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l where -d 'Only messages that match this jq expression, e.g. \'.attributes.source == "batch"\'; available: message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l source -d 'Only messages from these source queues: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l older-than -d 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l newer-than -d 'Only messages sent less than this long ago' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l max -d 'Move at most N messages, oldest first' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l hold -d 'Process in waves that hold at most N messages in flight [default: 100,000, or what --rate moves in 6 hours if less]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l plan -d 'Move exactly the messages of a plan: FILE is the output of `--dry-run --output json`' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l to -d 'Destination queue: name, URL or ARN, of the same type as the DLQ [default: the queue that each message came from]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l transform -d 'Rewrite each body with this jq expression, e.g. \'.data |= map(select(.[0] != 0))\'; the input is the body as JSON, or as a string if it is not JSON. Messages that still do not decode stay in the DLQ' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l rejects -d 'With --salvage: save the entries that are not sent to this new file (JSON Lines)' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l engine -d 'How to move the messages' -r -f -a "client\t'recoctl receives, sends and deletes, and keeps a journal'
native\t'SQS moves all messages itself (StartMessageMoveTask); only with `--class all`'
auto\t'Native if it supports the given options, else client'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l journal -d 'New journal file to write [default: a file in the state directory]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l resend-uncertain -d 'Also move messages that an earlier run may have sent already; the destination may then hold duplicates'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l unwrap -d 'Strip known envelopes (SNS, EventBridge, Lambda destination, SQS event) and send the content'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l salvage -d 'Split messages that have good and bad entries (class partial): send the entries that the filter accepts and save the others to --rejects; selects partial messages by default, too'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l dry-run -d 'Show what would be moved, without moving'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l yes -d 'Skip the confirmation that `--class all` asks for when no option narrows the selection'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l force -d 'Proceed even if the DLQ has a redrive policy of its own'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l class -d 'Only messages of these classes; `all` selects every class. redrive defaults to retryable or, with --id or --where, to every class except stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l id -d 'Only messages with these ids or id prefixes (as printed in tables); @FILE reads them from a file, one per line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l where -d 'Only messages that match this jq expression, e.g. \'.attributes.source == "batch"\'; available: message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l source -d 'Only messages from these source queues: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l older-than -d 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l newer-than -d 'Only messages sent less than this long ago' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l max -d 'Export at most N messages, oldest first' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l and-delete -d 'Delete the exported messages from the DLQ once the file is safely on disk'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l yes -d 'Skip the confirmation that --and-delete asks for when no option narrows the selection'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l force -d 'Proceed even if the DLQ has a redrive policy of its own'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l to -d 'Queue to send to: name, URL or ARN [default: the queue that was exported]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l rate -d 'Maximum messages per second (fractions allowed)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l again -d 'Send every message again, even those that earlier imports of this export sent to the queue'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l dry-run -d 'Check the file and show what would be sent, without sending'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l yes -d 'Skip the confirmation prompt'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l class -d 'Only messages of these classes; `all` selects every class. redrive defaults to retryable or, with --id or --where, to every class except stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l id -d 'Only messages with these ids or id prefixes (as printed in tables); @FILE reads them from a file, one per line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l where -d 'Only messages that match this jq expression, e.g. \'.attributes.source == "batch"\'; available: message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l source -d 'Only messages from these source queues: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l older-than -d 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l newer-than -d 'Only messages sent less than this long ago' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l max -d 'Delete at most N messages, oldest first' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l backup -d 'Back up the messages to this new file first (JSON Lines; compressed if named `.gz` or `.zst`); `dlq import` sends them back' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l no-backup -d 'Delete without a backup; requires --yes'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l all-now -d 'Call PurgeQueue: delete everything at once without a backup, including messages that are in flight or arrive meanwhile'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l dry-run -d 'Show what would be deleted, without deleting'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l yes -d 'Skip the confirmation that is required with --no-backup or when no option narrows the selection'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l force -d 'Proceed even if the DLQ has a redrive policy of its own or, with --all-now, is not the DLQ of any queue'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -f -a "list" -d 'List the DLQ\'s most recent move tasks (up to 10), newest first'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -f -a "cancel" -d 'Cancel the DLQ\'s running move task; messages already moved stay moved'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "list" -d 'List the journals for this endpoint, newest first'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "show" -d 'Show the state of each message in a journal'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "resume" -d 'Finish an interrupted run: delete the messages it has sent, without sending any twice'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "restore" -d 'Send the messages of a journal back to the DLQ or another queue'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "peek" -d 'Show messages in the DLQ without disturbing them'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "classify" -d 'Explain why each message failed and what to do about it'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "redrive" -d 'Move the messages that can succeed back to their source queue, without loss'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "export" -d 'Save messages to a file, byte for byte; with --and-delete, then delete them'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "import" -d 'Send exported messages to a queue, each of them once'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "purge" -d 'Delete messages after backing them up to a file'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "tasks" -d 'List and cancel SQS message move tasks'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "journal" -d 'Inspect the journals of earlier redrives; resume a run or restore its messages'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l map -d 'Convert each line to one of the shapes below with this jq expression, e.g. \'[.user, [.items[].id]]\'; every output value counts as a line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l rejects -d 'Save lines and entries that could not be written to this new file (JSON Lines)' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l concurrency -d 'Number of batches (up to 25 items each) in flight at once' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l facts-memory -d 'Memory for facts about articles, such as 256M: if all fit, they are read once; otherwise they are read on demand' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l facts-max-age -d 'Refuse facts snapshots older than this, such as 36h or 7d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l checkpoint -d 'Checkpoint file [default: a file in the state directory, found again by the same command]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l checkpoint-every -d 'Seconds between checkpoints' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l max-rejects -d 'Stop when more lines than this are rejected: a count, or a percentage such as 1% (checked from 1,000 lines on, and at the end)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l verify -d 'Read back what was written: a random sample of N users (1000 if no number is given), or `all`' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l rcu -d 'Maximum read capacity units per second for --verify [default: no limit]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l price-per-million-wru -d 'With --dry-run: estimate the cost at this price per million write request units' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l wcu -d 'Maximum WCU per second, indexes included: a number, a percentage of the table\'s own limit such as 50%, or `auto` to adapt to what the table can take [default: no limit; slow down when throttled]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l shuffle-window -d 'Shuffle writes in windows of N items, so that key-sorted input does not create a hot partition; 0 keeps the input order' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l generated-at -d 'Generation time of lists without a `generated_at`: ISO 8601 or epoch seconds' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l attr -d 'Add this attribute to every item: a plain number becomes a Number, anything else a String; set the type with NAME:S=VALUE or NAME:N=VALUE' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l ttl -d 'Expire items this long after the start of the run, e.g. 30d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l ttl-attribute -d 'TTL attribute of the table' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l list-type -d 'Write list ids as Numbers (N) or Strings (S), whatever the table holds [default: as in a sample of the table\'s lists; without any, as in the input]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l shard -d 'Process only shard I of N (shards split the input by user and need no coordination)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l via -d 'Send the lists to the source queue instead; the Lambda filters and writes them' -r -f -a "queue\t'Send the lists to the source queue'"
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l users-per-message -d 'Maximum number of lists per queue message' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l rate -d 'Maximum messages per second (fractions allowed)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l emit -d 'Write the filtered items to files in this new directory instead, for DynamoDB to import from S3; the only FORMAT is dynamodb-json' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l emit-compression -d 'Compression of the files' -r -f -a "gzip\t'gzip (RFC 1952)'
zstd\t'Zstandard (RFC 8878)'
none\t'Uncompressed'"
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l part-size -d 'Maximum file size before compression (K, M and G are powers of 1024)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l s3 -d 'S3 location to use in the printed upload and import commands; recoctl uploads nothing itself' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l dry-run -d 'Read, filter and count without writing'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l resume -d 'Resume an interrupted run from its checkpoint (same inputs, same table)'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l if-newer -d 'Keep items that are as new as the line or newer, by `generated_at`; takes one call per item'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l ttl-anyway -d 'Write --ttl even if TTL is disabled on the table or uses another attribute'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l users -d 'Number of randomly sampled users to check, or `all`' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l rcu -d 'Maximum read capacity units per second [default: no limit]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l map -d 'Convert each line to one of backfill\'s input shapes with this jq expression' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l shard -d 'Verify only the users of shard I of N' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l facts-memory -d 'Memory for facts about articles, such as 256M: if all fit, they are read once; otherwise they are read on demand' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l facts-max-age -d 'Refuse facts snapshots older than this, such as 36h or 7d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l generated-at -d 'Generation time of lists without a `generated_at`: ISO 8601 or epoch seconds' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l attr -d 'Expect this attribute in every item' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l ttl -d 'Expect every item to expire within this time from now, and not yet' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l ttl-attribute -d 'TTL attribute of the table' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l list-type -d 'Expect list ids as Numbers (N) or Strings (S) [default: as in the table\'s lists]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l max-suspects -d 'Maximum number of users in memory; more than that need additional passes over the files' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l if-newer -d 'Expect the newest list of each user, and accept what the table holds for the same time [implied by writes.only_newer in the policy]'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l since -d 'Time range to look back, e.g. 90m, 6h, 7d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l period -d 'Length of a period, e.g. 1m, 5m, 1h [default: the finest that suits the time range]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -f -a "check" -d 'Check the configured tables and columns against the database schema'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -f -a "snapshot" -d 'Copy users, articles, reads and mutes to an SQLite file'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l out -d 'SQLite file to write; replaces an older snapshot' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l page-size -d 'Rows to read from the database per query' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check the configured tables and columns against the database schema'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from help" -f -a "snapshot" -d 'Copy users, articles, reads and mutes to an SQLite file'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -f -a "show" -d 'Print the effective configuration and the source of each value'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -f -a "trust" -d 'Trust the current content of the recoctl.toml in the working directory'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l revoke -d 'Revoke trust in the file'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print the effective configuration and the source of each value'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "trust" -d 'Trust the current content of the recoctl.toml in the working directory'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -f -a "start" -d 'Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -f -a "demo" -d 'Take a guided tour that shows and runs the main commands'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -f -a "load" -d 'Load-test a local pipeline and report which part saturates first'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l port -d 'Port on 127.0.0.1 to listen on; 0 picks a free one' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l wcu -d 'Limit writes to this many WCU per second and throttle the rest as DynamoDB does' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l throttle-as -d 'Limit that writes beyond --wcu are said to have hit: provisioned, key-range, on-demand or account' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l lambda-bin -d 'Run this Lambda binary (bootstrap) instead of the built-in handler' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l reserved-concurrency -d 'Concurrent invocations that the function may have; more of them are throttled' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l count-lag -d 'Seconds for which the counts of messages stay as first shown, as counts of SQS lag' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l metrics-lag -d 'Seconds by which metrics are late, as those of CloudWatch may be' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l fault -d 'Inject an SQS fault, e.g. SendMessageBatch:entry-fail:0.1; may be repeated' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l iam-policy -d 'Hold an access key to an IAM policy document; may be repeated' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l fault-seed -d 'Random seed for faults; the same seed hits the same calls' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l empty -d 'Start empty: no queues, no table, no facts'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l pause -d 'Seconds to wait before each step' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l users -d 'Number of users to send, one list each' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l rate -d 'Users to send per second [default: as fast as the queue accepts them]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l wcu -d 'Write capacity units per second of the table [default: no limit]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l concurrency -d 'Maximum concurrent invocations (MaximumConcurrency of the event source mapping)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l for -d 'Stop after this time even if the queue is not empty, e.g. 60s, 5m' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l per-message -d 'Users per message' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l list -d 'Articles per list' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l reads -d 'Articles read per user; determines the load on the facts database' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l batch-size -d 'Messages per batch (BatchSize of the event source mapping)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l window -d 'Batching window in seconds; required if --batch-size is above 10' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l timeout -d 'Function timeout in seconds' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l lambda-bin -d 'Run this Lambda binary (bootstrap) instead of the built-in handler' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "start" -d 'Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "demo" -d 'Take a guided tour that shows and runs the main commands'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "load" -d 'Load-test a local pipeline and report which part saturates first'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l out-dir -d 'Write all pages to this directory instead' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l env -d 'Environment to use: the `[env.NAME]` section of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l config -d 'Config file to use instead of ./recoctl.toml or the one in the user\'s config directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l profile -d 'AWS profile to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l region -d 'AWS region to use' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l endpoint-url -d 'Override the AWS endpoint URL' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l queue -d 'Source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l dlq -d 'Dead-letter queue: name, URL or ARN [default: the one in the source queue\'s redrive policy]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l table -d 'DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l function -d 'Lambda function name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l facts -d 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l policy -d 'Filter policy file (TOML) [default: every rule on]' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s o -l output -d 'Output format for results on stdout' -r -f -a "table\t'Human-readable tables and text'
json\t'A single JSON document'
jsonl\t'JSON Lines: one document per message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l sandbox -d 'Run against a freshly seeded local AWS embedded in this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s q -l quiet -d 'Suppress status and progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s v -l verbose -d 'Increase logging on stderr: -v for actions, -vv for every AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l no-color -d 'Disable colored output (same as setting NO_COLOR)'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l no-input -d 'Never prompt; fail instead'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "dlq" -d 'Inspect, classify, redrive and purge the dead-letter queue'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "backfill" -d 'Load files of recommendations into DynamoDB'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "verify" -d 'Compare the table with files of recommendations'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "metrics" -d 'Show throttling, write capacity and queue depth from CloudWatch'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "facts" -d 'Check or snapshot the facts database (users and articles)'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "config" -d 'Show the effective configuration and manage trusted config files'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "sandbox" -d 'Try recoctl on a local AWS with a seeded pipeline'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "completions" -d 'Print a shell completion script'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "man" -d 'Print a man page, or write all of them to a directory'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "peek" -d 'Show messages in the DLQ without disturbing them'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "classify" -d 'Explain why each message failed and what to do about it'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "redrive" -d 'Move the messages that can succeed back to their source queue, without loss'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "export" -d 'Save messages to a file, byte for byte; with --and-delete, then delete them'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "import" -d 'Send exported messages to a queue, each of them once'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "purge" -d 'Delete messages after backing them up to a file'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "tasks" -d 'List and cancel SQS message move tasks'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "journal" -d 'Inspect the journals of earlier redrives; resume a run or restore its messages'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from facts" -f -a "check" -d 'Check the configured tables and columns against the database schema'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from facts" -f -a "snapshot" -d 'Copy users, articles, reads and mutes to an SQLite file'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Print the effective configuration and the source of each value'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "trust" -d 'Trust the current content of the recoctl.toml in the working directory'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "start" -d 'Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "demo" -d 'Take a guided tour that shows and runs the main commands'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "load" -d 'Load-test a local pipeline and report which part saturates first'
