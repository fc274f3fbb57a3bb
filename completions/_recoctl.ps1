
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'recoctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'recoctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'recoctl' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('dlq', 'dlq', [CompletionResultType]::ParameterValue, 'Look into, understand and empty the dead-letter queue')
            [CompletionResult]::new('backfill', 'backfill', [CompletionResultType]::ParameterValue, 'Write files of recommendations straight into DynamoDB')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that the table holds what files of recommendations say')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Throttling, write capacity and queue depth, from CloudWatch')
            [CompletionResult]::new('facts', 'facts', [CompletionResultType]::ParameterValue, 'Check and copy the database of facts about users and articles')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show what is configured, and where each value comes from')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'A local AWS with a seeded pipeline, for trying things out')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page, or write all of them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('peek', 'peek', [CompletionResultType]::ParameterValue, 'Show what is in the DLQ without disturbing it')
            [CompletionResult]::new('classify', 'classify', [CompletionResultType]::ParameterValue, 'Say why each message failed, and what to do about it')
            [CompletionResult]::new('redrive', 'redrive', [CompletionResultType]::ParameterValue, 'Send back what can succeed, at a rate the table can take, losing nothing')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write messages into a file, byte for byte; with --and-delete, move them there')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Send the messages of an export into a queue, each once')
            [CompletionResult]::new('purge', 'purge', [CompletionResultType]::ParameterValue, 'Delete messages, with a copy in a file')
            [CompletionResult]::new('tasks', 'tasks', [CompletionResultType]::ParameterValue, 'List and stop the move tasks that SQS itself carries out')
            [CompletionResult]::new('journal', 'journal', [CompletionResultType]::ParameterValue, 'What earlier redrives did; resume one that was cut off, or put its messages back')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;peek' {
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages for which this jq expression holds, e.g. ''.attributes.source == "batch"''; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less long ago than this')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Show at most so many messages; scans until that many are found')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--full', '--full', [CompletionResultType]::ParameterName, 'Show the bodies and the message attributes, too')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Receive even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;classify' {
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages for which this jq expression holds, e.g. ''.attributes.source == "batch"''; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less long ago than this')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Look at so many messages only; without it, at all of them')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with code 6 when a message of one of these classes is found')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Look at all messages (the default)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Receive even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;redrive' {
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Move at most so many messages a second (may be a fraction); without it, as fast as SQS takes them')
            [CompletionResult]::new('--ramp', '--ramp', [CompletionResultType]::ParameterName, 'Begin slowly and reach --rate over this time, e.g. 1m')
            [CompletionResult]::new('--max-backlog', '--max-backlog', [CompletionResultType]::ParameterName, 'Pause while the destination holds so many messages: visible, in flight and delayed')
            [CompletionResult]::new('--max-throttles', '--max-throttles', [CompletionResultType]::ParameterName, 'Pause while CloudWatch has more than so many throttles in a minute, of --table''s writes or of --function')
            [CompletionResult]::new('--stop-on-bounce', '--stop-on-bounce', [CompletionResultType]::ParameterName, 'Stop when this share of what was moved is back in the DLQ, once 20 messages are moved; `off` never stops. Without it, 20%')
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages for which this jq expression holds, e.g. ''.attributes.source == "batch"''; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less long ago than this')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Move at most N messages, oldest first')
            [CompletionResult]::new('--hold', '--hold', [CompletionResultType]::ParameterName, 'Hold at most N messages at a time, and go in waves; without it 100,000, or what --rate moves in 6 hours')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Move exactly the messages that a dry run planned: FILE is what `--dry-run --output json` wrote')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Move to this queue (name, URL or ARN) instead of the queue that each message came from; of the same type as the DLQ')
            [CompletionResult]::new('--transform', '--transform', [CompletionResultType]::ParameterName, 'Rewrite each body by this jq expression, e.g. ''.data |= map(select(.[0] != 0))''; it sees the body''s JSON, or its text as a string. What does not decode afterwards is left in the DLQ')
            [CompletionResult]::new('--rejects', '--rejects', [CompletionResultType]::ParameterName, 'With --salvage: write entries that are not sent to this new file, one JSON object a line')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'Who moves the messages')
            [CompletionResult]::new('--journal', '--journal', [CompletionResultType]::ParameterName, 'Write the journal to this new file instead of one in the state directory')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--resend-uncertain', '--resend-uncertain', [CompletionResultType]::ParameterName, 'Move messages, too, that an earlier run perhaps sent: the destination may then have them twice')
            [CompletionResult]::new('--unwrap', '--unwrap', [CompletionResultType]::ParameterName, 'Take known envelopes (SNS, EventBridge, Lambda destination, SQS event) off, and send what is inside')
            [CompletionResult]::new('--salvage', '--salvage', [CompletionResultType]::ParameterName, 'Of messages with good and bad entries (class partial), send the entries that the filter accepts, and write the others to --rejects; takes partial messages along by default')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would be moved, and move nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to what is asked when nothing narrows the choice (`--class all`)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Receive even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;export' {
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages for which this jq expression holds, e.g. ''.attributes.source == "batch"''; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less long ago than this')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Export at most so many messages, oldest first')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--and-delete', '--and-delete', [CompletionResultType]::ParameterName, 'Delete from the DLQ what is in the file, once the file is on the disk')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to what is asked when --and-delete goes with nothing that narrows the choice')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Receive even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;import' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The queue to send to: name, URL or ARN; without it, the queue that the export came from')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Send at most so many messages a second (may be a fraction)')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--again', '--again', [CompletionResultType]::ParameterName, 'Send everything again, what earlier imports of this export sent to the queue included')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Check the file and say what would be sent, and send nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to the question before anything is sent')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;purge' {
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` is every class. Without it, redrive takes `retryable`, or with --id or --where all but stale and superseded')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Only these messages, by id or by the beginning of one as tables print it; @FILE reads them from a file, one a line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages for which this jq expression holds, e.g. ''.attributes.source == "batch"''; it sees message_id, body, body_text, attributes, class, reasons, age_s, receive_count, users, group_id, source')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages that came from these queues: name, URL or ARN of a source queue of the DLQ')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent longer ago than this, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less long ago than this')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Delete at most so many messages, oldest first')
            [CompletionResult]::new('--backup', '--backup', [CompletionResultType]::ParameterName, 'Write them into this new file first (JSON lines; `.gz` and `.zst` compress), which `dlq import` takes')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--no-backup', '--no-backup', [CompletionResultType]::ParameterName, 'Delete without a copy; needs --yes')
            [CompletionResult]::new('--all-now', '--all-now', [CompletionResultType]::ParameterName, 'Use SQS''s PurgeQueue: everything at once, without a copy, those included that arrive meanwhile or are held by others')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would be deleted, and delete nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to what is asked when nothing narrows the choice, and with --no-backup')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Receive and delete even if the DLQ has a redrive policy of its own, or with --all-now is no queue''s DLQ')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;tasks' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the DLQ''s latest move tasks (at most 10), newest first')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop the DLQ''s move task; what it has moved stays moved')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;tasks;list' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;tasks;cancel' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;tasks;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the DLQ''s latest move tasks (at most 10), newest first')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop the DLQ''s move task; what it has moved stays moved')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;tasks;help;list' {
            break
        }
        'recoctl;dlq;tasks;help;cancel' {
            break
        }
        'recoctl;dlq;tasks;help;help' {
            break
        }
        'recoctl;dlq;journal' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the journals of this endpoint, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show how each message of a journal stands')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Bring a run that was cut off to its end: delete what was acknowledged, send nothing twice')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put the messages of a journal back into a queue')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;journal;list' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;journal;show' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;journal;resume' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Receive even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;journal;restore' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The queue to put them into: name, URL or ARN; without it, the DLQ that they came from')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Restore every message of the journal, also those that the DLQ may still have')
            [CompletionResult]::new('--again', '--again', [CompletionResultType]::ParameterName, 'Send everything again, also what an earlier restore of this run (or import of this export) sent to the queue')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer yes to the question before anything is sent')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;dlq;journal;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the journals of this endpoint, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show how each message of a journal stands')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Bring a run that was cut off to its end: delete what was acknowledged, send nothing twice')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put the messages of a journal back into a queue')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;journal;help;list' {
            break
        }
        'recoctl;dlq;journal;help;show' {
            break
        }
        'recoctl;dlq;journal;help;resume' {
            break
        }
        'recoctl;dlq;journal;help;restore' {
            break
        }
        'recoctl;dlq;journal;help;help' {
            break
        }
        'recoctl;dlq;help' {
            [CompletionResult]::new('peek', 'peek', [CompletionResultType]::ParameterValue, 'Show what is in the DLQ without disturbing it')
            [CompletionResult]::new('classify', 'classify', [CompletionResultType]::ParameterValue, 'Say why each message failed, and what to do about it')
            [CompletionResult]::new('redrive', 'redrive', [CompletionResultType]::ParameterValue, 'Send back what can succeed, at a rate the table can take, losing nothing')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write messages into a file, byte for byte; with --and-delete, move them there')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Send the messages of an export into a queue, each once')
            [CompletionResult]::new('purge', 'purge', [CompletionResultType]::ParameterValue, 'Delete messages, with a copy in a file')
            [CompletionResult]::new('tasks', 'tasks', [CompletionResultType]::ParameterValue, 'List and stop the move tasks that SQS itself carries out')
            [CompletionResult]::new('journal', 'journal', [CompletionResultType]::ParameterValue, 'What earlier redrives did; resume one that was cut off, or put its messages back')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;help;peek' {
            break
        }
        'recoctl;dlq;help;classify' {
            break
        }
        'recoctl;dlq;help;redrive' {
            break
        }
        'recoctl;dlq;help;export' {
            break
        }
        'recoctl;dlq;help;import' {
            break
        }
        'recoctl;dlq;help;purge' {
            break
        }
        'recoctl;dlq;help;tasks' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the DLQ''s latest move tasks (at most 10), newest first')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop the DLQ''s move task; what it has moved stays moved')
            break
        }
        'recoctl;dlq;help;tasks;list' {
            break
        }
        'recoctl;dlq;help;tasks;cancel' {
            break
        }
        'recoctl;dlq;help;journal' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the journals of this endpoint, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show how each message of a journal stands')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Bring a run that was cut off to its end: delete what was acknowledged, send nothing twice')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put the messages of a journal back into a queue')
            break
        }
        'recoctl;dlq;help;journal;list' {
            break
        }
        'recoctl;dlq;help;journal;show' {
            break
        }
        'recoctl;dlq;help;journal;resume' {
            break
        }
        'recoctl;dlq;help;journal;restore' {
            break
        }
        'recoctl;dlq;help;help' {
            break
        }
        'recoctl;backfill' {
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Make each line one of the shapes below by this jq expression, e.g. ''[.user, [.items[].id]]''; every value that it gives counts')
            [CompletionResult]::new('--rejects', '--rejects', [CompletionResultType]::ParameterName, 'Write every line or entry that could not be written to this new file (JSON lines)')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Batches of up to 25 items in flight at once')
            [CompletionResult]::new('--checkpoint', '--checkpoint', [CompletionResultType]::ParameterName, 'Keep how far the run is in this file (default: a file beside the journals that the same command finds again)')
            [CompletionResult]::new('--checkpoint-every', '--checkpoint-every', [CompletionResultType]::ParameterName, 'Seconds between two checkpoints')
            [CompletionResult]::new('--max-rejects', '--max-rejects', [CompletionResultType]::ParameterName, 'Stop when more lines than this are rejected: a number, or a share such as 1% (judged after 1,000 lines, and at the end)')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Read back what was written: a random sample of N users (1000 when no number is given), or all')
            [CompletionResult]::new('--rcu', '--rcu', [CompletionResultType]::ParameterName, 'Read capacity units a second that reading back may consume (default: no limit)')
            [CompletionResult]::new('--price-per-million-wru', '--price-per-million-wru', [CompletionResultType]::ParameterName, 'With --dry-run: say what writing costs, at this price of a million write request units')
            [CompletionResult]::new('--wcu', '--wcu', [CompletionResultType]::ParameterName, 'Spend so many WCU a second at most: a number, a share of the table''s own limit such as 50%, or `auto` to find out what it takes; indexes count [default: no budget, slower where writes are throttled]')
            [CompletionResult]::new('--shuffle-window', '--shuffle-window', [CompletionResultType]::ParameterName, 'Shuffle so many items at a time, so that an input sorted by key does not keep one partition busy; 0 keeps the input''s order')
            [CompletionResult]::new('--generated-at', '--generated-at', [CompletionResultType]::ParameterName, 'When lists without a `generated_at` were made: ISO 8601 or epoch seconds')
            [CompletionResult]::new('--attr', '--attr', [CompletionResultType]::ParameterName, 'Give every item this attribute: a plain number becomes a Number, all else a String; NAME:S=VALUE and NAME:N=VALUE say which')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Let items expire so long after the start of the run, e.g. 30d')
            [CompletionResult]::new('--ttl-attribute', '--ttl-attribute', [CompletionResultType]::ParameterName, 'The attribute that the table''s time to live goes by')
            [CompletionResult]::new('--list-type', '--list-type', [CompletionResultType]::ParameterName, 'Write ids in lists as Numbers or Strings, whatever the table holds [default: as the lists in the table are; where there are none, as the ids came]')
            [CompletionResult]::new('--shard', '--shard', [CompletionResultType]::ParameterName, 'Take the users of the I-th of N parts only: N machines with the same input share it out without a word')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Send the lists to the source queue, for the Lambda to filter and write')
            [CompletionResult]::new('--users-per-message', '--users-per-message', [CompletionResultType]::ParameterName, 'Lists in a queue message at most')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Messages a second at most (may be a fraction)')
            [CompletionResult]::new('--emit', '--emit', [CompletionResultType]::ParameterName, 'Write the filtered items to files in this new directory instead, for DynamoDB to read from S3; the only format is dynamodb-json')
            [CompletionResult]::new('--emit-compression', '--emit-compression', [CompletionResultType]::ParameterName, 'How the files are compressed')
            [CompletionResult]::new('--part-size', '--part-size', [CompletionResultType]::ParameterName, 'Size of a file before compression (K, M and G are powers of 1024)')
            [CompletionResult]::new('--s3', '--s3', [CompletionResultType]::ParameterName, 'Where in S3 the files are to go, for the commands that are printed: nothing is uploaded')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Read, filter and count, but write nothing')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Go on where an earlier run of the same inputs into the same table came to')
            [CompletionResult]::new('--if-newer', '--if-newer', [CompletionResultType]::ParameterName, 'Leave what the table holds where it is as new as the line or newer, by `generated_at`; each item becomes a call of its own')
            [CompletionResult]::new('--ttl-anyway', '--ttl-anyway', [CompletionResultType]::ParameterName, 'Write --ttl although the table expires items by another attribute, or not at all')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;verify' {
            [CompletionResult]::new('--users', '--users', [CompletionResultType]::ParameterName, 'A random sample of so many users, or all')
            [CompletionResult]::new('--rcu', '--rcu', [CompletionResultType]::ParameterName, 'Read capacity units a second that may be consumed (default: no limit)')
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Make each line one of the shapes that backfill knows by this jq expression')
            [CompletionResult]::new('--shard', '--shard', [CompletionResultType]::ParameterName, 'Verify the users of shard I of N only')
            [CompletionResult]::new('--generated-at', '--generated-at', [CompletionResultType]::ParameterName, 'When lists without a `generated_at` were made: ISO 8601 or epoch seconds')
            [CompletionResult]::new('--attr', '--attr', [CompletionResultType]::ParameterName, 'Every item has this attribute')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Every item expires no later than so long from now, and has not expired yet')
            [CompletionResult]::new('--ttl-attribute', '--ttl-attribute', [CompletionResultType]::ParameterName, 'The attribute that the table''s time to live goes by')
            [CompletionResult]::new('--list-type', '--list-type', [CompletionResultType]::ParameterName, 'Ids in lists are Numbers or Strings [default: as the lists in the table are]')
            [CompletionResult]::new('--max-suspects', '--max-suspects', [CompletionResultType]::ParameterName, 'Users in memory at most; more take further readings of the files')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--if-newer', '--if-newer', [CompletionResultType]::ParameterName, 'Only what was newer was written: the newest list of a user counts, and what the table holds of the same time stands [implied by writes.only_newer of the policy]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;metrics' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'How far to look back, e.g. 90m, 6h, 7d')
            [CompletionResult]::new('--period', '--period', [CompletionResultType]::ParameterName, 'The length of a period, e.g. 1m, 5m, 1h; the finest that is not too much when not given')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;facts' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Hold the configured tables and columns against the database''s schema')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Copy users, articles, reads and mutes into an SQLite file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;facts;check' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;facts;snapshot' {
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'The SQLite file to write; an older snapshot is replaced')
            [CompletionResult]::new('--page-size', '--page-size', [CompletionResultType]::ParameterName, 'Rows read from the database at a time')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;facts;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Hold the configured tables and columns against the database''s schema')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Copy users, articles, reads and mutes into an SQLite file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;facts;help;check' {
            break
        }
        'recoctl;facts;help;snapshot' {
            break
        }
        'recoctl;facts;help;help' {
            break
        }
        'recoctl;config' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print what is in force and where each value came from')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust the recoctl.toml of the working directory as it stands now')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;config;show' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;config;trust' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--revoke', '--revoke', [CompletionResultType]::ParameterName, 'Trust it no longer')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print what is in force and where each value came from')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust the recoctl.toml of the working directory as it stands now')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;config;help;show' {
            break
        }
        'recoctl;config;help;trust' {
            break
        }
        'recoctl;config;help;help' {
            break
        }
        'recoctl;sandbox' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Run a seeded local AWS until Ctrl-C, and print the variables that point at it')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'A guided tour: each command is shown, then really run')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Put load on a local pipeline, and say which part of it gives out first')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;sandbox;start' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Listen on this port of 127.0.0.1; 0 takes a free one')
            [CompletionResult]::new('--wcu', '--wcu', [CompletionResultType]::ParameterName, 'Limit writes to this many WCU a second: what exceeds it is throttled as DynamoDB does')
            [CompletionResult]::new('--lambda-bin', '--lambda-bin', [CompletionResultType]::ParameterName, 'Run this binary of the Lambda (bootstrap) instead of the handler that is built in')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Inject a fault into SQS, such as SendMessageBatch:entry-fail:0.1; may be given several times')
            [CompletionResult]::new('--fault-seed', '--fault-seed', [CompletionResultType]::ParameterName, 'Seed of the chance by which faults strike: the same seed strikes the same calls')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--empty', '--empty', [CompletionResultType]::ParameterName, 'Start with nothing in it: no queues, no table, no facts')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;sandbox;demo' {
            [CompletionResult]::new('--pause', '--pause', [CompletionResultType]::ParameterName, 'Wait so many seconds before each step, for watching')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;sandbox;load' {
            [CompletionResult]::new('--users', '--users', [CompletionResultType]::ParameterName, 'Users to send, a list each')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Users a second that are sent; as fast as the queue takes them when not given')
            [CompletionResult]::new('--wcu', '--wcu', [CompletionResultType]::ParameterName, 'Write capacity units a second of the table; no limit when not given')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Invocations of the function at a time (MaximumConcurrency of the event source mapping)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'End after so long even when the queue is not empty, e.g. 60s, 5m')
            [CompletionResult]::new('--per-message', '--per-message', [CompletionResultType]::ParameterName, 'Users in a message')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'Articles in a list')
            [CompletionResult]::new('--reads', '--reads', [CompletionResultType]::ParameterName, 'Articles that each user has read: the weight of the database')
            [CompletionResult]::new('--batch-size', '--batch-size', [CompletionResultType]::ParameterName, 'Messages in a batch (BatchSize of the event source mapping)')
            [CompletionResult]::new('--window', '--window', [CompletionResultType]::ParameterName, 'Seconds that a batch may wait to fill; needed when --batch-size is above 10')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The function''s timeout in seconds')
            [CompletionResult]::new('--lambda-bin', '--lambda-bin', [CompletionResultType]::ParameterName, 'Run this binary of the Lambda (bootstrap) instead of the handler that is built in')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;sandbox;help' {
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Run a seeded local AWS until Ctrl-C, and print the variables that point at it')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'A guided tour: each command is shown, then really run')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Put load on a local pipeline, and say which part of it gives out first')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;sandbox;help;start' {
            break
        }
        'recoctl;sandbox;help;demo' {
            break
        }
        'recoctl;sandbox;help;load' {
            break
        }
        'recoctl;sandbox;help;help' {
            break
        }
        'recoctl;completions' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;man' {
            [CompletionResult]::new('--out-dir', '--out-dir', [CompletionResultType]::ParameterName, 'Write every page into this directory instead')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment: a section `[env.NAME]` of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this file instead of ./recoctl.toml or the user''s own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The AWS profile')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The AWS region')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Send AWS calls to this endpoint instead of AWS''s own')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'The source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'The dead-letter queue: name, URL or ARN (found from the source queue when not given)')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'The DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'The Lambda function''s name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Where facts come from: `sqlite:PATH`, `mysql://USER@HOST/DATABASE`, or `none` to skip the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The filter''s policy (TOML); the default policy has every rule on')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are written to stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS inside this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'No status and no progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'More on stderr: -v what is done, -vv each AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'No colour (NO_COLOR does the same)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; what would be asked is refused')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'recoctl;help' {
            [CompletionResult]::new('dlq', 'dlq', [CompletionResultType]::ParameterValue, 'Look into, understand and empty the dead-letter queue')
            [CompletionResult]::new('backfill', 'backfill', [CompletionResultType]::ParameterValue, 'Write files of recommendations straight into DynamoDB')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that the table holds what files of recommendations say')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Throttling, write capacity and queue depth, from CloudWatch')
            [CompletionResult]::new('facts', 'facts', [CompletionResultType]::ParameterValue, 'Check and copy the database of facts about users and articles')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show what is configured, and where each value comes from')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'A local AWS with a seeded pipeline, for trying things out')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page, or write all of them')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;help;dlq' {
            [CompletionResult]::new('peek', 'peek', [CompletionResultType]::ParameterValue, 'Show what is in the DLQ without disturbing it')
            [CompletionResult]::new('classify', 'classify', [CompletionResultType]::ParameterValue, 'Say why each message failed, and what to do about it')
            [CompletionResult]::new('redrive', 'redrive', [CompletionResultType]::ParameterValue, 'Send back what can succeed, at a rate the table can take, losing nothing')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write messages into a file, byte for byte; with --and-delete, move them there')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Send the messages of an export into a queue, each once')
            [CompletionResult]::new('purge', 'purge', [CompletionResultType]::ParameterValue, 'Delete messages, with a copy in a file')
            [CompletionResult]::new('tasks', 'tasks', [CompletionResultType]::ParameterValue, 'List and stop the move tasks that SQS itself carries out')
            [CompletionResult]::new('journal', 'journal', [CompletionResultType]::ParameterValue, 'What earlier redrives did; resume one that was cut off, or put its messages back')
            break
        }
        'recoctl;help;dlq;peek' {
            break
        }
        'recoctl;help;dlq;classify' {
            break
        }
        'recoctl;help;dlq;redrive' {
            break
        }
        'recoctl;help;dlq;export' {
            break
        }
        'recoctl;help;dlq;import' {
            break
        }
        'recoctl;help;dlq;purge' {
            break
        }
        'recoctl;help;dlq;tasks' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the DLQ''s latest move tasks (at most 10), newest first')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop the DLQ''s move task; what it has moved stays moved')
            break
        }
        'recoctl;help;dlq;tasks;list' {
            break
        }
        'recoctl;help;dlq;tasks;cancel' {
            break
        }
        'recoctl;help;dlq;journal' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the journals of this endpoint, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show how each message of a journal stands')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Bring a run that was cut off to its end: delete what was acknowledged, send nothing twice')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put the messages of a journal back into a queue')
            break
        }
        'recoctl;help;dlq;journal;list' {
            break
        }
        'recoctl;help;dlq;journal;show' {
            break
        }
        'recoctl;help;dlq;journal;resume' {
            break
        }
        'recoctl;help;dlq;journal;restore' {
            break
        }
        'recoctl;help;backfill' {
            break
        }
        'recoctl;help;verify' {
            break
        }
        'recoctl;help;metrics' {
            break
        }
        'recoctl;help;facts' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Hold the configured tables and columns against the database''s schema')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Copy users, articles, reads and mutes into an SQLite file')
            break
        }
        'recoctl;help;facts;check' {
            break
        }
        'recoctl;help;facts;snapshot' {
            break
        }
        'recoctl;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print what is in force and where each value came from')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust the recoctl.toml of the working directory as it stands now')
            break
        }
        'recoctl;help;config;show' {
            break
        }
        'recoctl;help;config;trust' {
            break
        }
        'recoctl;help;sandbox' {
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Run a seeded local AWS until Ctrl-C, and print the variables that point at it')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'A guided tour: each command is shown, then really run')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Put load on a local pipeline, and say which part of it gives out first')
            break
        }
        'recoctl;help;sandbox;start' {
            break
        }
        'recoctl;help;sandbox;demo' {
            break
        }
        'recoctl;help;sandbox;load' {
            break
        }
        'recoctl;help;completions' {
            break
        }
        'recoctl;help;man' {
            break
        }
        'recoctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
