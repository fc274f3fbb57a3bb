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

complete -c recoctl -n "__fish_recoctl_needs_command" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_needs_command" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_needs_command" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_needs_command" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_needs_command" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_needs_command" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_needs_command" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_needs_command" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_needs_command" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_needs_command" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "dlq" -d 'Look into, understand and empty the dead-letter queue'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "backfill" -d 'Write files of recommendations straight into DynamoDB'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "verify" -d 'Check that the table holds what files of recommendations say'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "metrics" -d 'Throttling, write capacity and queue depth, from CloudWatch'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "facts" -d 'Check and copy the database of facts about users and articles'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "config" -d 'Show what is configured, and where each value comes from'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "sandbox" -d 'A local AWS with a seeded pipeline, for trying things out'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "man" -d 'Print a manual page, or write all of them'
complete -c recoctl -n "__fish_recoctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "peek" -d 'Show what is in the DLQ without disturbing it'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "classify" -d 'Say why each message failed, and what to do about it'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "redrive" -d 'Send back what can succeed, at a rate the table can take, losing nothing'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "export" -d 'Write messages into a file, byte for byte; with --and-delete, move them there'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "import" -d 'Send the messages of an export into a queue, each once'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "purge" -d 'Delete messages, with a copy in a file'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "tasks" -d 'List and stop the move tasks that SQS itself carries out'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "journal" -d 'What earlier redrives did; resume one that was cut off, or put its messages back'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and not __fish_seen_subcommand_from peek classify redrive export import purge tasks journal help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l class -d 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l id -d 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l where -d 'Only messages for which this jq expression holds, e.g. \'.attributes.source == "batch"\'; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l source -d 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l older-than -d 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l newer-than -d 'Only messages sent less long ago than this' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l max -d 'Show at most so many messages; scans until that many are found' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l full -d 'Show the bodies and the message attributes, too'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l force -d 'Receive even if the DLQ has a redrive policy of its own'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from peek" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l class -d 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l id -d 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l where -d 'Only messages for which this jq expression holds, e.g. \'.attributes.source == "batch"\'; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l source -d 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l older-than -d 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l newer-than -d 'Only messages sent less long ago than this' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l max -d 'Look at so many messages only; without it, at all of them' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l fail-on -d 'Exit with code 6 when a message of one of these classes is found' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l all -d 'Look at all messages (the default)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l force -d 'Receive even if the DLQ has a redrive policy of its own'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from classify" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l rate -d 'Move at most so many messages a second (may be a fraction); without it, as fast as SQS takes them' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l ramp -d 'Begin slowly and reach --rate over this time, e.g. 1m' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l max-backlog -d 'Pause while the destination holds so many messages: visible, in flight and delayed' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l max-throttles -d 'Pause while CloudWatch has more than so many throttles in a minute, of --table\'s writes or of --function' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l stop-on-bounce -d 'Stop when this share of what was moved is back in the DLQ, once 20 messages are moved; `off` never stops. Without it, 20%' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l class -d 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l id -d 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l where -d 'Only messages for which this jq expression holds, e.g. \'.attributes.source == "batch"\'; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l source -d 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l older-than -d 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l newer-than -d 'Only messages sent less long ago than this' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l max -d 'Move at most N messages, oldest first' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l hold -d 'Hold at most N messages at a time, and go in waves; without it 100,000, or what --rate moves in 6 hours' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l plan -d 'Move exactly the messages that a dry run planned: FILE is what `--dry-run --output json` wrote' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l to -d 'Move to this queue (name, URL or ARN) instead of the queue that each message came from; of the same type as the DLQ' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l transform -d 'Rewrite each body by this jq expression, e.g. \'.data |= map(select(.[0] != 0))\'; it sees the body\'s JSON, or its text as a string. What does not decode afterwards is left in the DLQ' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l rejects -d 'With --salvage: write entries that are not sent to this new file, one JSON object a line' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l engine -d 'Who moves the messages' -r -f -a "client\t'recoctl receives, sends and deletes, with a journal'
native\t'SQS moves every message by itself (StartMessageMoveTask); only with `--class all`'
auto\t'Native where it can do what is asked for, else client'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l journal -d 'Write the journal to this new file instead of one in the state directory' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l resend-uncertain -d 'Move messages, too, that an earlier run perhaps sent: the destination may then have them twice'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l unwrap -d 'Take known envelopes (SNS, EventBridge, Lambda destination, SQS event) off, and send what is inside'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l salvage -d 'Of messages with good and bad entries (class partial), send the entries that the filter accepts, and write the others to --rejects; takes partial messages along by default'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l dry-run -d 'Say what would be moved, and move nothing'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l yes -d 'Answer yes to what is asked when nothing narrows the choice (`--class all`)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l force -d 'Receive even if the DLQ has a redrive policy of its own'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from redrive" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l class -d 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l id -d 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l where -d 'Only messages for which this jq expression holds, e.g. \'.attributes.source == "batch"\'; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l source -d 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l older-than -d 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l newer-than -d 'Only messages sent less long ago than this' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l max -d 'Export at most so many messages, oldest first' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l and-delete -d 'Delete from the DLQ what is in the file, once the file is on the disk'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l yes -d 'Answer yes to what is asked when --and-delete goes with nothing that narrows the choice'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l force -d 'Receive even if the DLQ has a redrive policy of its own'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from export" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l to -d 'The queue to send to: name, URL or ARN; without it, the queue that the export came from' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l rate -d 'Send at most so many messages a second (may be a fraction)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l again -d 'Send everything again, what earlier imports of this export sent to the queue included'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l dry-run -d 'Check the file and say what would be sent, and send nothing'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l yes -d 'Answer yes to the question before anything is sent'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from import" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l class -d 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded' -r -f -a "retryable\t''
partial\t''
malformed\t''
foreign\t''
unknown-user\t''
empty\t''
oversize\t''
stale\t''
superseded\t''
all\t''"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l id -d 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l where -d 'Only messages for which this jq expression holds, e.g. \'.attributes.source == "batch"\'; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l source -d 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l older-than -d 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l newer-than -d 'Only messages sent less long ago than this' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l max -d 'Delete at most so many messages, oldest first' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l backup -d 'Write them into this new file first (JSON lines; `.gz` and `.zst` compress), which `dlq import` takes' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l no-backup -d 'Delete without a copy; needs --yes'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l all-now -d 'Use SQS\'s PurgeQueue: everything at once, without a copy, those included that arrive meanwhile or are held by others'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l dry-run -d 'Say what would be deleted, and delete nothing'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l yes -d 'Answer yes to what is asked when nothing narrows the choice, and with --no-backup'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l force -d 'Receive and delete even if the DLQ has a redrive policy of its own, or with --all-now is no queue\'s DLQ'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from purge" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -f -a "list" -d 'List the DLQ\'s latest move tasks (at most 10), newest first'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -f -a "cancel" -d 'Stop the DLQ\'s move task; what it has moved stays moved'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from tasks" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "list" -d 'List the journals of this endpoint, newest first'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "show" -d 'Show how each message of a journal stands'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "resume" -d 'Bring a run that was cut off to its end: delete what was acknowledged, send nothing twice'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "restore" -d 'Put the messages of a journal back into a queue'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from journal" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "peek" -d 'Show what is in the DLQ without disturbing it'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "classify" -d 'Say why each message failed, and what to do about it'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "redrive" -d 'Send back what can succeed, at a rate the table can take, losing nothing'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write messages into a file, byte for byte; with --and-delete, move them there'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "import" -d 'Send the messages of an export into a queue, each once'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "purge" -d 'Delete messages, with a copy in a file'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "tasks" -d 'List and stop the move tasks that SQS itself carries out'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "journal" -d 'What earlier redrives did; resume one that was cut off, or put its messages back'
complete -c recoctl -n "__fish_recoctl_using_subcommand dlq; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l map -d 'Make each line one of the shapes below by this jq expression, e.g. \'[.user, [.items[].id]]\'; every value that it gives counts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l rejects -d 'Write every line or entry that could not be written to this new file (JSON lines)' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l concurrency -d 'Batches of up to 25 items in flight at once' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l checkpoint -d 'Keep how far the run is in this file (default: a file beside the journals that the same command finds again)' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l checkpoint-every -d 'Seconds between two checkpoints' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l max-rejects -d 'Stop when more lines than this are rejected: a number, or a share such as 1% (judged after 1,000 lines, and at the end)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l verify -d 'Read back what was written: a random sample of N users (1000 when no number is given), or all' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l rcu -d 'Read capacity units a second that reading back may consume (default: no limit)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l price-per-million-wru -d 'With --dry-run: say what writing costs, at this price of a million write request units' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l wcu -d 'Spend so many WCU a second at most: a number, a share of the table\'s own limit such as 50%, or `auto` to find out what it takes; indexes count [default: no budget, slower where writes are throttled]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l shuffle-window -d 'Shuffle so many items at a time, so that an input sorted by key does not keep one partition busy; 0 keeps the input\'s order' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l generated-at -d 'When lists without a `generated_at` were made: ISO 8601 or epoch seconds' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l attr -d 'Give every item this attribute: a plain number becomes a Number, all else a String; NAME:S=VALUE and NAME:N=VALUE say which' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l ttl -d 'Let items expire so long after the start of the run, e.g. 30d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l ttl-attribute -d 'The attribute that the table\'s time to live goes by' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l list-type -d 'Write ids in lists as Numbers or Strings, whatever the table holds [default: as the lists in the table are; where there are none, as the ids came]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l shard -d 'Take the users of the I-th of N parts only: N machines with the same input share it out without a word' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l via -d 'Send the lists to the source queue, for the Lambda to filter and write' -r -f -a "queue\t'Through the source queue'"
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l users-per-message -d 'Lists in a queue message at most' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l rate -d 'Messages a second at most (may be a fraction)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l emit -d 'Write the filtered items to files in this new directory instead, for DynamoDB to read from S3; the only format is dynamodb-json' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l emit-compression -d 'How the files are compressed' -r -f -a "gzip\t'RFC 1952'
zstd\t'RFC 8878'
none\t'Plain lines'"
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l part-size -d 'Size of a file before compression (K, M and G are powers of 1024)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l s3 -d 'Where in S3 the files are to go, for the commands that are printed: nothing is uploaded' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l dry-run -d 'Read, filter and count, but write nothing'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l resume -d 'Go on where an earlier run of the same inputs into the same table came to'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l if-newer -d 'Leave what the table holds where it is as new as the line or newer, by `generated_at`; each item becomes a call of its own'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l ttl-anyway -d 'Write --ttl although the table expires items by another attribute, or not at all'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand backfill" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l users -d 'A random sample of so many users, or all' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l rcu -d 'Read capacity units a second that may be consumed (default: no limit)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l map -d 'Make each line one of the shapes that backfill knows by this jq expression' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l shard -d 'Verify the users of shard I of N only' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l generated-at -d 'When lists without a `generated_at` were made: ISO 8601 or epoch seconds' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l attr -d 'Every item has this attribute' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l ttl -d 'Every item expires no later than so long from now, and has not expired yet' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l ttl-attribute -d 'The attribute that the table\'s time to live goes by' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l list-type -d 'Ids in lists are Numbers or Strings [default: as the lists in the table are]' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l max-suspects -d 'Users in memory at most; more take further readings of the files' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l if-newer -d 'Only what was newer was written: the newest list of a user counts, and what the table holds of the same time stands [implied by writes.only_newer of the policy]'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand verify" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l since -d 'How far to look back, e.g. 90m, 6h, 7d' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l period -d 'The length of a period, e.g. 1m, 5m, 1h; the finest that is not too much when not given' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand metrics" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -f -a "check" -d 'Hold the configured tables and columns against the database\'s schema'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -f -a "snapshot" -d 'Copy users, articles, reads and mutes into an SQLite file'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and not __fish_seen_subcommand_from check snapshot help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l out -d 'The SQLite file to write; an older snapshot is replaced' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l page-size -d 'Rows read from the database at a time' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from snapshot" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from help" -f -a "check" -d 'Hold the configured tables and columns against the database\'s schema'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from help" -f -a "snapshot" -d 'Copy users, articles, reads and mutes into an SQLite file'
complete -c recoctl -n "__fish_recoctl_using_subcommand facts; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -f -a "show" -d 'Print what is in force and where each value came from'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -f -a "trust" -d 'Trust the recoctl.toml of the working directory as it stands now'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and not __fish_seen_subcommand_from show trust help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l revoke -d 'Trust it no longer'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from trust" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print what is in force and where each value came from'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "trust" -d 'Trust the recoctl.toml of the working directory as it stands now'
complete -c recoctl -n "__fish_recoctl_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -f -a "start" -d 'Run a seeded local AWS until Ctrl-C, and print the variables that point at it'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -f -a "demo" -d 'A guided tour: each command is shown, then really run'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -f -a "load" -d 'Put load on a local pipeline, and say which part of it gives out first'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and not __fish_seen_subcommand_from start demo load help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l port -d 'Listen on this port of 127.0.0.1; 0 takes a free one' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l wcu -d 'Limit writes to this many WCU a second: what exceeds it is throttled as DynamoDB does' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l lambda-bin -d 'Run this binary of the Lambda (bootstrap) instead of the handler that is built in' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l fault -d 'Inject a fault into SQS, such as SendMessageBatch:entry-fail:0.1; may be given several times' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l fault-seed -d 'Seed of the chance by which faults strike: the same seed strikes the same calls' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l empty -d 'Start with nothing in it: no queues, no table, no facts'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l pause -d 'Wait so many seconds before each step, for watching' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from demo" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l users -d 'Users to send, a list each' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l rate -d 'Users a second that are sent; as fast as the queue takes them when not given' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l wcu -d 'Write capacity units a second of the table; no limit when not given' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l concurrency -d 'Invocations of the function at a time (MaximumConcurrency of the event source mapping)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l for -d 'End after so long even when the queue is not empty, e.g. 60s, 5m' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l per-message -d 'Users in a message' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l list -d 'Articles in a list' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l reads -d 'Articles that each user has read: the weight of the database' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l batch-size -d 'Messages in a batch (BatchSize of the event source mapping)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l window -d 'Seconds that a batch may wait to fill; needed when --batch-size is above 10' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l timeout -d 'The function\'s timeout in seconds' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l lambda-bin -d 'Run this binary of the Lambda (bootstrap) instead of the handler that is built in' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from load" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "start" -d 'Run a seeded local AWS until Ctrl-C, and print the variables that point at it'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "demo" -d 'A guided tour: each command is shown, then really run'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "load" -d 'Put load on a local pipeline, and say which part of it gives out first'
complete -c recoctl -n "__fish_recoctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand completions" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l out-dir -d 'Write every page into this directory instead' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l env -d 'The environment: a section `[env.NAME]` of recoctl.toml' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l config -d 'Read this file instead of ./recoctl.toml or the user\'s own' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l profile -d 'The AWS profile' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l region -d 'The AWS region' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l endpoint-url -d 'Send AWS calls to this endpoint instead of AWS\'s own' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l queue -d 'The source queue: name, URL or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l dlq -d 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l table -d 'The DynamoDB table: name or ARN' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l function -d 'The Lambda function\'s name' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l facts -d 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts' -r
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l policy -d 'The filter\'s policy (TOML); the default policy has every rule on' -r -F
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s o -l output -d 'How results are written to stdout' -r -f -a "table\t'For people: tables and sentences'
json\t'One JSON document'
jsonl\t'One JSON document a line: a line a message or row'"
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l sandbox -d 'Run against a freshly seeded local AWS inside this process'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s q -l quiet -d 'No status and no progress on stderr; errors are still shown'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s v -l verbose -d 'More on stderr: -v what is done, -vv each AWS call'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l no-color -d 'No colour (NO_COLOR does the same)'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -l no-input -d 'Never ask; what would be asked is refused'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c recoctl -n "__fish_recoctl_using_subcommand man" -s V -l version -d 'Print version'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "dlq" -d 'Look into, understand and empty the dead-letter queue'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "backfill" -d 'Write files of recommendations straight into DynamoDB'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "verify" -d 'Check that the table holds what files of recommendations say'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "metrics" -d 'Throttling, write capacity and queue depth, from CloudWatch'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "facts" -d 'Check and copy the database of facts about users and articles'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "config" -d 'Show what is configured, and where each value comes from'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "sandbox" -d 'A local AWS with a seeded pipeline, for trying things out'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "man" -d 'Print a manual page, or write all of them'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and not __fish_seen_subcommand_from dlq backfill verify metrics facts config sandbox completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "peek" -d 'Show what is in the DLQ without disturbing it'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "classify" -d 'Say why each message failed, and what to do about it'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "redrive" -d 'Send back what can succeed, at a rate the table can take, losing nothing'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "export" -d 'Write messages into a file, byte for byte; with --and-delete, move them there'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "import" -d 'Send the messages of an export into a queue, each once'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "purge" -d 'Delete messages, with a copy in a file'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "tasks" -d 'List and stop the move tasks that SQS itself carries out'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from dlq" -f -a "journal" -d 'What earlier redrives did; resume one that was cut off, or put its messages back'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from facts" -f -a "check" -d 'Hold the configured tables and columns against the database\'s schema'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from facts" -f -a "snapshot" -d 'Copy users, articles, reads and mutes into an SQLite file'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Print what is in force and where each value came from'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "trust" -d 'Trust the recoctl.toml of the working directory as it stands now'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "start" -d 'Run a seeded local AWS until Ctrl-C, and print the variables that point at it'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "demo" -d 'A guided tour: each command is shown, then really run'
complete -c recoctl -n "__fish_recoctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "load" -d 'Put load on a local pipeline, and say which part of it gives out first'
