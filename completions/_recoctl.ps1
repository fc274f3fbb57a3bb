
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
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('dlq', 'dlq', [CompletionResultType]::ParameterValue, 'Inspect, classify, redrive and purge the dead-letter queue')
            [CompletionResult]::new('backfill', 'backfill', [CompletionResultType]::ParameterValue, 'Load files of recommendations into DynamoDB')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compare the table with files of recommendations')
            [CompletionResult]::new('user', 'user', [CompletionResultType]::ParameterValue, 'Show one user''s list, what the filter makes of it today, and where else the user stands')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Show throttling, write capacity and queue depth from CloudWatch')
            [CompletionResult]::new('facts', 'facts', [CompletionResultType]::ParameterValue, 'Check or snapshot the facts database (users and articles)')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the effective configuration and manage trusted config files')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Try recoctl on a local AWS with a seeded pipeline')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a man page, or write all of them to a directory')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('peek', 'peek', [CompletionResultType]::ParameterValue, 'Show messages in the DLQ without disturbing them')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show one message in full, by its id or a prefix of it')
            [CompletionResult]::new('classify', 'classify', [CompletionResultType]::ParameterValue, 'Explain why each message failed and what to do about it')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Show how each attempt at a message failed, from the function''s log')
            [CompletionResult]::new('rehearse', 'rehearse', [CompletionResultType]::ParameterValue, 'Run messages through the function on a local copy of their items, without changing anything')
            [CompletionResult]::new('redrive', 'redrive', [CompletionResultType]::ParameterValue, 'Move the messages that can succeed back to their source queue, without loss')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Save messages to a file, byte for byte; with --and-delete, then delete them')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Send exported messages to a queue, each of them once')
            [CompletionResult]::new('purge', 'purge', [CompletionResultType]::ParameterValue, 'Delete messages after backing them up to a file')
            [CompletionResult]::new('tasks', 'tasks', [CompletionResultType]::ParameterValue, 'List and cancel SQS message move tasks')
            [CompletionResult]::new('journal', 'journal', [CompletionResultType]::ParameterValue, 'Inspect the journals of earlier redrives; resume a run or restore its messages')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;peek' {
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` selects every class')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The same as ID; @FILE reads ids from a file, one per line')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"''')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages from these source queues: name, URL or ARN')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less than this long ago')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show at most N messages; scans until that many are found')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Show at most N messages; scans until that many are found')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Show at most N messages; scans until that many are found')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--full', '--full', [CompletionResultType]::ParameterName, 'Show bodies and message attributes, too')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Proceed even if the DLQ has a redrive policy of its own: a look raises the receive count of every message by one, and there it may move messages on')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;get' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Proceed even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;classify' {
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` selects every class')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The same as ID; @FILE reads ids from a file, one per line')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"''')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages from these source queues: name, URL or ARN')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less than this long ago')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Classify at most N messages [default: all]')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Classify at most N messages [default: all]')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Classify at most N messages [default: all]')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with code 6 if a message of one of these classes is found')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Read the log this far back [default: from the first send of the oldest message]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--logs', '--logs', [CompletionResultType]::ParameterName, 'Also count what ended the messages, by the function''s log')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Proceed even if the DLQ has a redrive policy of its own: a look raises the receive count of every message by one, and there it may move messages on')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;why' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Read the function''s log this far back [default: from the first send of the message]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Proceed even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;rehearse' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Rehearse at most N messages [default: all]')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Rehearse at most N messages [default: all]')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Rehearse at most N messages [default: all]')
            [CompletionResult]::new('--lambda-bin', '--lambda-bin', [CompletionResultType]::ParameterName, 'Run this Lambda binary (bootstrap) instead of the built-in handler')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Timeout of the function, e.g. 30s')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Proceed even if the DLQ has a redrive policy of its own: a look raises the receive count of every message by one, and there it may move messages on')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;redrive' {
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Maximum messages per second (fractions allowed) [default: as fast as SQS accepts them]')
            [CompletionResult]::new('--ramp', '--ramp', [CompletionResultType]::ParameterName, 'Start slowly and reach --rate after this time, e.g. 1m')
            [CompletionResult]::new('--max-backlog', '--max-backlog', [CompletionResultType]::ParameterName, 'Pause while the destination holds N messages or more (visible, in flight and delayed)')
            [CompletionResult]::new('--max-throttles', '--max-throttles', [CompletionResultType]::ParameterName, 'Pause while CloudWatch reports more than N throttles per minute on writes to --table or on --function')
            [CompletionResult]::new('--stop-on-bounce', '--stop-on-bounce', [CompletionResultType]::ParameterName, 'Stop when this percentage of the moved messages is back in the DLQ, checked from 20 messages on; `off` disables the check [default: 20%]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'After the move, wait until each moved message is in the table or back in the DLQ, at most this long [default without a value: 10m]')
            [CompletionResult]::new('--canary', '--canary', [CompletionResultType]::ParameterName, 'Move N messages and wait for their outcome (--wait, or 10m), then the next N; stop with exit code 9 unless every message ends well')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The same as ID; @FILE reads ids from a file, one per line')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"''')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages from these source queues: name, URL or ARN')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less than this long ago')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Move at most N messages, oldest first')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Move at most N messages, oldest first')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Move at most N messages, oldest first')
            [CompletionResult]::new('--hold', '--hold', [CompletionResultType]::ParameterName, 'Process in waves that hold at most N messages in flight [default: 100,000, or what --rate moves in 6 hours if less]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Move exactly the messages of a plan: FILE is the output of `--dry-run --output json`')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Destination queue: name, URL or ARN, of the same type as the DLQ [default: the queue that each message came from]')
            [CompletionResult]::new('--transform', '--transform', [CompletionResultType]::ParameterName, 'Rewrite each body with this jq expression, e.g. ''.data |= map(select(.[0] != 0))''; the input is the body as JSON, or as a string if it is not JSON. Messages that still do not decode stay in the DLQ')
            [CompletionResult]::new('--rejects', '--rejects', [CompletionResultType]::ParameterName, 'With --salvage: save the entries that are not sent to this new file (JSON Lines)')
            [CompletionResult]::new('--take-over', '--take-over', [CompletionResultType]::ParameterName, 'Take over the lock of the run HOLDER on another machine, which a refusal names')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'How to move the messages')
            [CompletionResult]::new('--journal', '--journal', [CompletionResultType]::ParameterName, 'New journal file to write [default: a file in the state directory]')
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` selects every class [default: retryable; with ID, --user or --where: every class except stale and superseded]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--resend-uncertain', '--resend-uncertain', [CompletionResultType]::ParameterName, 'Also move messages that an earlier run may have sent already; the destination may then hold duplicates')
            [CompletionResult]::new('--unwrap', '--unwrap', [CompletionResultType]::ParameterName, 'Strip known envelopes (SNS, EventBridge, Lambda destination, SQS event) and send the content')
            [CompletionResult]::new('--salvage', '--salvage', [CompletionResultType]::ParameterName, 'Split messages that have good and bad entries (class partial): send the entries that the filter accepts and save the others to --rejects; selects partial messages by default, too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be moved, without moving')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip the confirmation that `--class all` asks for when no option narrows the selection')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Proceed even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;export' {
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` selects every class')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The same as ID; @FILE reads ids from a file, one per line')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"''')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages from these source queues: name, URL or ARN')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less than this long ago')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Export at most N messages, oldest first')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Export at most N messages, oldest first')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Export at most N messages, oldest first')
            [CompletionResult]::new('--take-over', '--take-over', [CompletionResultType]::ParameterName, 'Take over the lock of the run HOLDER on another machine, which a refusal names')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--and-delete', '--and-delete', [CompletionResultType]::ParameterName, 'Delete the exported messages from the DLQ once the file is safely on disk')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip the confirmation that --and-delete asks for when no option narrows the selection')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Proceed even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;import' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Queue to send to: name, URL or ARN [default: the queue that was exported]')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Maximum messages per second (fractions allowed)')
            [CompletionResult]::new('--take-over', '--take-over', [CompletionResultType]::ParameterName, 'Take over the lock of the run HOLDER on another machine, which a refusal names')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--again', '--again', [CompletionResultType]::ParameterName, 'Send every message again, even those that earlier imports of this export sent to the queue')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Check the file and show what would be sent, without sending')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip the confirmation prompt')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;purge' {
            [CompletionResult]::new('--class', '--class', [CompletionResultType]::ParameterName, 'Only messages of these classes; `all` selects every class')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The same as ID; @FILE reads ids from a file, one per line')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Only messages with a list of one of these users, in any shape or envelope; @FILE reads user ids from a file, one per line')
            [CompletionResult]::new('--where', '--where', [CompletionResultType]::ParameterName, 'Only messages that match this jq expression, e.g. ''.attributes.source == "batch"''')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Only messages from these source queues: name, URL or ARN')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only messages sent more than this long ago, e.g. 90m, 2h, 3d')
            [CompletionResult]::new('--newer-than', '--newer-than', [CompletionResultType]::ParameterName, 'Only messages sent less than this long ago')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Delete at most N messages, oldest first')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'Delete at most N messages, oldest first')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Delete at most N messages, oldest first')
            [CompletionResult]::new('--backup', '--backup', [CompletionResultType]::ParameterName, 'Back up the messages to this new file first (JSON Lines; compressed if named `.gz` or `.zst`)')
            [CompletionResult]::new('--take-over', '--take-over', [CompletionResultType]::ParameterName, 'Take over the lock of the run HOLDER on another machine, which a refusal names')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--no-backup', '--no-backup', [CompletionResultType]::ParameterName, 'Delete without a backup; requires --yes')
            [CompletionResult]::new('--all-now', '--all-now', [CompletionResultType]::ParameterName, 'Call PurgeQueue: delete everything at once without a backup, including messages that are in flight or arrive meanwhile')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted, without deleting')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip the confirmation that is required with --no-backup or when no option narrows the selection')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Proceed even if the DLQ has a redrive policy of its own or, with --all-now, it is not the DLQ of any queue')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;tasks' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the DLQ''s most recent move tasks (up to 10), newest first')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Cancel the DLQ''s running move task; messages already moved stay moved')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;tasks;list' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;tasks;cancel' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;tasks;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the DLQ''s most recent move tasks (up to 10), newest first')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Cancel the DLQ''s running move task; messages already moved stay moved')
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
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the journals for this endpoint, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the state of each message in a journal')
            [CompletionResult]::new('outcome', 'outcome', [CompletionResultType]::ParameterValue, 'Show the outcome of the messages that a run moved, and how many of their users have a list')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Finish an interrupted run: delete the messages it has sent, without sending any twice')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Send the messages of a journal back to the DLQ or another queue')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;journal;list' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;journal;show' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;journal;outcome' {
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until each moved message is in the table or back in the DLQ, at most this long; without it, look once [default without a value: 10m]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;journal;resume' {
            [CompletionResult]::new('--take-over', '--take-over', [CompletionResultType]::ParameterName, 'Take over the lock of the run HOLDER on another machine, which a refusal names')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Proceed even if the DLQ has a redrive policy of its own')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;journal;restore' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Queue to restore to: name, URL or ARN [default: the DLQ that the messages came from]')
            [CompletionResult]::new('--take-over', '--take-over', [CompletionResultType]::ParameterName, 'Take over the lock of the run HOLDER on another machine, which a refusal names')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Restore every message of the journal, even those that may still be in the DLQ')
            [CompletionResult]::new('--again', '--again', [CompletionResultType]::ParameterName, 'Send every message again, even those that an earlier restore of this run (or import of this export) sent to the queue')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Skip the confirmation prompt')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;dlq;journal;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the journals for this endpoint, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the state of each message in a journal')
            [CompletionResult]::new('outcome', 'outcome', [CompletionResultType]::ParameterValue, 'Show the outcome of the messages that a run moved, and how many of their users have a list')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Finish an interrupted run: delete the messages it has sent, without sending any twice')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Send the messages of a journal back to the DLQ or another queue')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;journal;help;list' {
            break
        }
        'recoctl;dlq;journal;help;show' {
            break
        }
        'recoctl;dlq;journal;help;outcome' {
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
            [CompletionResult]::new('peek', 'peek', [CompletionResultType]::ParameterValue, 'Show messages in the DLQ without disturbing them')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show one message in full, by its id or a prefix of it')
            [CompletionResult]::new('classify', 'classify', [CompletionResultType]::ParameterValue, 'Explain why each message failed and what to do about it')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Show how each attempt at a message failed, from the function''s log')
            [CompletionResult]::new('rehearse', 'rehearse', [CompletionResultType]::ParameterValue, 'Run messages through the function on a local copy of their items, without changing anything')
            [CompletionResult]::new('redrive', 'redrive', [CompletionResultType]::ParameterValue, 'Move the messages that can succeed back to their source queue, without loss')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Save messages to a file, byte for byte; with --and-delete, then delete them')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Send exported messages to a queue, each of them once')
            [CompletionResult]::new('purge', 'purge', [CompletionResultType]::ParameterValue, 'Delete messages after backing them up to a file')
            [CompletionResult]::new('tasks', 'tasks', [CompletionResultType]::ParameterValue, 'List and cancel SQS message move tasks')
            [CompletionResult]::new('journal', 'journal', [CompletionResultType]::ParameterValue, 'Inspect the journals of earlier redrives; resume a run or restore its messages')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;dlq;help;peek' {
            break
        }
        'recoctl;dlq;help;get' {
            break
        }
        'recoctl;dlq;help;classify' {
            break
        }
        'recoctl;dlq;help;why' {
            break
        }
        'recoctl;dlq;help;rehearse' {
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
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the DLQ''s most recent move tasks (up to 10), newest first')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Cancel the DLQ''s running move task; messages already moved stay moved')
            break
        }
        'recoctl;dlq;help;tasks;list' {
            break
        }
        'recoctl;dlq;help;tasks;cancel' {
            break
        }
        'recoctl;dlq;help;journal' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the journals for this endpoint, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the state of each message in a journal')
            [CompletionResult]::new('outcome', 'outcome', [CompletionResultType]::ParameterValue, 'Show the outcome of the messages that a run moved, and how many of their users have a list')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Finish an interrupted run: delete the messages it has sent, without sending any twice')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Send the messages of a journal back to the DLQ or another queue')
            break
        }
        'recoctl;dlq;help;journal;list' {
            break
        }
        'recoctl;dlq;help;journal;show' {
            break
        }
        'recoctl;dlq;help;journal;outcome' {
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
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Convert each line to one of the shapes below with this jq expression, e.g. ''[.user, [.items[].id]]''; every output value counts as a line')
            [CompletionResult]::new('--rejects', '--rejects', [CompletionResultType]::ParameterName, 'Save lines and entries that could not be written to this new file (JSON Lines)')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Batches (up to 25 items each) in flight at once: a number up to 512, or `auto` for as many as raise the throughput')
            [CompletionResult]::new('--facts-memory', '--facts-memory', [CompletionResultType]::ParameterName, 'Memory for facts about articles, such as 256M: if all fit, they are read once; otherwise they are read on demand')
            [CompletionResult]::new('--facts-max-age', '--facts-max-age', [CompletionResultType]::ParameterName, 'Refuse facts snapshots older than this, such as 36h or 7d')
            [CompletionResult]::new('--checkpoint', '--checkpoint', [CompletionResultType]::ParameterName, 'Checkpoint file [default: a file in the state directory, found again by the same command]')
            [CompletionResult]::new('--max-rejects', '--max-rejects', [CompletionResultType]::ParameterName, 'Stop when more lines than this are rejected: a count, or a percentage such as 1% (checked from 1,000 lines on, and at the end)')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Read back what was written: a random sample of N users (1000 if no number is given), or `all`')
            [CompletionResult]::new('--rcu', '--rcu', [CompletionResultType]::ParameterName, 'Maximum read capacity units per second for --verify and --compare [default: no limit]')
            [CompletionResult]::new('--compare', '--compare', [CompletionResultType]::ParameterName, 'With --dry-run: read what the table holds, and count what would change: a random sample of N users (1000 if no number is given), or `all`')
            [CompletionResult]::new('--price-per-million-wru', '--price-per-million-wru', [CompletionResultType]::ParameterName, 'With --dry-run: estimate the cost at this price per million write request units')
            [CompletionResult]::new('--wcu', '--wcu', [CompletionResultType]::ParameterName, 'Maximum WCU per second, indexes included: a number, a percentage of the table''s own limit such as 50%, or `auto` to adapt to what the table can take [default: no limit; slow down when throttled]')
            [CompletionResult]::new('--shuffle-window', '--shuffle-window', [CompletionResultType]::ParameterName, 'Shuffle writes in windows of N items, so that key-sorted input does not create a hot partition; 0 keeps the input order')
            [CompletionResult]::new('--only-where-table-holds', '--only-where-table-holds', [CompletionResultType]::ParameterName, 'Replace only what this file wrote: write an item only where the table still holds the list that a backfill of FILE gives the user; takes one conditional call per item. Repeat for several files')
            [CompletionResult]::new('--replace-written-between', '--replace-written-between', [CompletionResultType]::ParameterName, 'Replace only items whose `generated_at` in the table is in this period, both ends included')
            [CompletionResult]::new('--generated-at', '--generated-at', [CompletionResultType]::ParameterName, 'Generation time of lists without a `generated_at`: ISO 8601 or epoch seconds')
            [CompletionResult]::new('--attr', '--attr', [CompletionResultType]::ParameterName, 'Add this attribute to every item: a plain number becomes a Number, anything else a String; set the type with NAME:S=VALUE or NAME:N=VALUE')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Expire items this long after the start of the run, e.g. 30d')
            [CompletionResult]::new('--ttl-attribute', '--ttl-attribute', [CompletionResultType]::ParameterName, 'TTL attribute of the table')
            [CompletionResult]::new('--list-type', '--list-type', [CompletionResultType]::ParameterName, 'Write list ids as Numbers (N) or Strings (S), whatever the table holds [default: as in a sample of the table''s lists; without any, as in the input]')
            [CompletionResult]::new('--shard', '--shard', [CompletionResultType]::ParameterName, 'Process only shard I of N (shards split the input by user and need no coordination)')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Send the lists to the source queue instead; the Lambda filters and writes them')
            [CompletionResult]::new('--users-per-message', '--users-per-message', [CompletionResultType]::ParameterName, 'Maximum number of lists per queue message')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Maximum messages per second (fractions allowed)')
            [CompletionResult]::new('--emit', '--emit', [CompletionResultType]::ParameterName, 'Write the filtered items to files in this new directory instead, for DynamoDB to import from S3; the only FORMAT is dynamodb-json')
            [CompletionResult]::new('--emit-compression', '--emit-compression', [CompletionResultType]::ParameterName, 'Compression of the files')
            [CompletionResult]::new('--part-size', '--part-size', [CompletionResultType]::ParameterName, 'Maximum file size before compression (K, M and G are powers of 1024)')
            [CompletionResult]::new('--s3', '--s3', [CompletionResultType]::ParameterName, 'S3 location to use in the printed upload and import commands; recoctl uploads nothing itself')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Reason for this run, such as an incident number; recorded with the caller''s identity in the journal and the report')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Read, filter and count without writing')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Resume an interrupted run from its checkpoint (same inputs, same table)')
            [CompletionResult]::new('--if-newer', '--if-newer', [CompletionResultType]::ParameterName, 'Keep items that are as new as the line or newer, by `generated_at`; takes one call per item')
            [CompletionResult]::new('--ttl-anyway', '--ttl-anyway', [CompletionResultType]::ParameterName, 'Write --ttl even if TTL is disabled on the table or uses another attribute')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;verify' {
            [CompletionResult]::new('--users', '--users', [CompletionResultType]::ParameterName, 'Number of randomly sampled users to check, or `all`')
            [CompletionResult]::new('--rcu', '--rcu', [CompletionResultType]::ParameterName, 'Maximum read capacity units per second [default: no limit]')
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Convert each line to one of backfill''s input shapes with this jq expression')
            [CompletionResult]::new('--shard', '--shard', [CompletionResultType]::ParameterName, 'Verify only the users of shard I of N')
            [CompletionResult]::new('--facts-memory', '--facts-memory', [CompletionResultType]::ParameterName, 'Memory for facts about articles, such as 256M: if all fit, they are read once; otherwise they are read on demand')
            [CompletionResult]::new('--facts-max-age', '--facts-max-age', [CompletionResultType]::ParameterName, 'Refuse facts snapshots older than this, such as 36h or 7d')
            [CompletionResult]::new('--generated-at', '--generated-at', [CompletionResultType]::ParameterName, 'Generation time of lists without a `generated_at`: ISO 8601 or epoch seconds')
            [CompletionResult]::new('--attr', '--attr', [CompletionResultType]::ParameterName, 'Expect this attribute in every item')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Expect every item to expire within this time from now, and not yet')
            [CompletionResult]::new('--ttl-attribute', '--ttl-attribute', [CompletionResultType]::ParameterName, 'TTL attribute of the table')
            [CompletionResult]::new('--list-type', '--list-type', [CompletionResultType]::ParameterName, 'Expect list ids as Numbers (N) or Strings (S) [default: as in the table''s lists]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--same', '--same', [CompletionResultType]::ParameterName, 'List the users whose item in the table is still a list of the files, whatever other lists the table holds')
            [CompletionResult]::new('--if-newer', '--if-newer', [CompletionResultType]::ParameterName, 'Expect the newest list of each user, and accept what the table holds for the same time [implied by writes.only_newer in the policy]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;user' {
            [CompletionResult]::new('--in', '--in', [CompletionResultType]::ParameterName, 'Also find the user in this file, in any shape that backfill reads, or in an export; repeatable')
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Convert each line of the files to one of backfill''s input shapes with this jq expression')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--in-dlq', '--in-dlq', [CompletionResultType]::ParameterName, 'Also look through the DLQ for messages of the user; every message is visible again afterwards (implied by --dlq)')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Look through the DLQ even if it has a redrive policy of its own')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show every id of the list, not only those that would be dropped today')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;metrics' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Time range to look back, e.g. 90m, 6h, 7d')
            [CompletionResult]::new('--period', '--period', [CompletionResultType]::ParameterName, 'Length of a period, e.g. 1m, 5m, 1h [default: the finest that suits the time range]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;facts' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the configured tables and columns against the database schema')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Copy users, articles, reads and mutes to an SQLite file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;facts;check' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;facts;snapshot' {
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'SQLite file to write; replaces an older snapshot')
            [CompletionResult]::new('--page-size', '--page-size', [CompletionResultType]::ParameterName, 'Rows to read from the database per query')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;facts;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the configured tables and columns against the database schema')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Copy users, articles, reads and mutes to an SQLite file')
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
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the effective configuration and the source of each value')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust the current content of the recoctl.toml in the working directory')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;config;show' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile to use')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region to use')
            [CompletionResult]::new('--endpoint-url', '--endpoint-url', [CompletionResultType]::ParameterName, 'Override the AWS endpoint URL')
            [CompletionResult]::new('--queue', '--queue', [CompletionResultType]::ParameterName, 'Source queue: name, URL or ARN')
            [CompletionResult]::new('--dlq', '--dlq', [CompletionResultType]::ParameterName, 'Dead-letter queue: name, URL or ARN [default: the one in the source queue''s redrive policy]')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'DynamoDB table: name or ARN')
            [CompletionResult]::new('--function', '--function', [CompletionResultType]::ParameterName, 'Lambda function name')
            [CompletionResult]::new('--facts', '--facts', [CompletionResultType]::ParameterName, 'Facts database: `sqlite:PATH` or `mysql://USER@HOST/DATABASE`; `none` skips the rules that need facts')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Run against a freshly seeded local AWS embedded in this process')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;config;trust' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--revoke', '--revoke', [CompletionResultType]::ParameterName, 'Revoke trust in the file')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the effective configuration and the source of each value')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust the current content of the recoctl.toml in the working directory')
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
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Take a guided tour that shows and runs the main commands')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Load-test a local pipeline and report which part saturates first')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;sandbox;start' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 to listen on; 0 picks a free one')
            [CompletionResult]::new('--wcu', '--wcu', [CompletionResultType]::ParameterName, 'Limit writes to this many WCU per second and throttle the rest as DynamoDB does')
            [CompletionResult]::new('--throttle-as', '--throttle-as', [CompletionResultType]::ParameterName, 'Limit that writes beyond --wcu are said to have hit: provisioned, key-range, on-demand or account')
            [CompletionResult]::new('--lambda-bin', '--lambda-bin', [CompletionResultType]::ParameterName, 'Run this Lambda binary (bootstrap) instead of the built-in handler')
            [CompletionResult]::new('--reserved-concurrency', '--reserved-concurrency', [CompletionResultType]::ParameterName, 'Concurrent invocations that the function may have; more of them are throttled')
            [CompletionResult]::new('--count-lag', '--count-lag', [CompletionResultType]::ParameterName, 'Seconds for which the counts of messages stay as first shown, as counts of SQS lag')
            [CompletionResult]::new('--metrics-lag', '--metrics-lag', [CompletionResultType]::ParameterName, 'Seconds by which metrics are late, as those of CloudWatch may be')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Inject an SQS fault, e.g. SendMessageBatch:entry-fail:0.1; may be repeated')
            [CompletionResult]::new('--iam-policy', '--iam-policy', [CompletionResultType]::ParameterName, 'Hold an access key to an IAM policy document; may be repeated')
            [CompletionResult]::new('--fault-seed', '--fault-seed', [CompletionResultType]::ParameterName, 'Random seed for faults; the same seed hits the same calls')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--empty', '--empty', [CompletionResultType]::ParameterName, 'Start empty: no queues, no table, no facts')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;sandbox;demo' {
            [CompletionResult]::new('--pause', '--pause', [CompletionResultType]::ParameterName, 'Seconds to wait before each step')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;sandbox;load' {
            [CompletionResult]::new('--users', '--users', [CompletionResultType]::ParameterName, 'Number of users to send, one list each')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Users to send per second [default: as fast as the queue accepts them]')
            [CompletionResult]::new('--wcu', '--wcu', [CompletionResultType]::ParameterName, 'Write capacity units per second of the table [default: no limit]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Maximum concurrent invocations (MaximumConcurrency of the event source mapping)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Stop after this time even if the queue is not empty, e.g. 60s, 5m')
            [CompletionResult]::new('--per-message', '--per-message', [CompletionResultType]::ParameterName, 'Users per message')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'Articles per list')
            [CompletionResult]::new('--reads', '--reads', [CompletionResultType]::ParameterName, 'Articles read per user; determines the load on the facts database')
            [CompletionResult]::new('--batch-size', '--batch-size', [CompletionResultType]::ParameterName, 'Messages per batch (BatchSize of the event source mapping)')
            [CompletionResult]::new('--window', '--window', [CompletionResultType]::ParameterName, 'Batching window in seconds; required if --batch-size is above 10')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Function timeout in seconds')
            [CompletionResult]::new('--lambda-bin', '--lambda-bin', [CompletionResultType]::ParameterName, 'Run this Lambda binary (bootstrap) instead of the built-in handler')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment to use: the `[env.NAME]` section of recoctl.toml')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to use instead of ./recoctl.toml or the one in the user''s config directory')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Filter policy file (TOML) [default: every rule on]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format for results on stdout')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;sandbox;help' {
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Take a guided tour that shows and runs the main commands')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Load-test a local pipeline and report which part saturates first')
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
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;man' {
            [CompletionResult]::new('--out-dir', '--out-dir', [CompletionResultType]::ParameterName, 'Write all pages to this directory instead')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Suppress status and progress on stderr; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Increase logging on stderr: -v for actions, -vv for every AWS call')
            [CompletionResult]::new('--no-color', '--no-color', [CompletionResultType]::ParameterName, 'Disable colored output (same as setting NO_COLOR)')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never prompt; fail instead')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'recoctl;help' {
            [CompletionResult]::new('dlq', 'dlq', [CompletionResultType]::ParameterValue, 'Inspect, classify, redrive and purge the dead-letter queue')
            [CompletionResult]::new('backfill', 'backfill', [CompletionResultType]::ParameterValue, 'Load files of recommendations into DynamoDB')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compare the table with files of recommendations')
            [CompletionResult]::new('user', 'user', [CompletionResultType]::ParameterValue, 'Show one user''s list, what the filter makes of it today, and where else the user stands')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'Show throttling, write capacity and queue depth from CloudWatch')
            [CompletionResult]::new('facts', 'facts', [CompletionResultType]::ParameterValue, 'Check or snapshot the facts database (users and articles)')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the effective configuration and manage trusted config files')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Try recoctl on a local AWS with a seeded pipeline')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a man page, or write all of them to a directory')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'recoctl;help;dlq' {
            [CompletionResult]::new('peek', 'peek', [CompletionResultType]::ParameterValue, 'Show messages in the DLQ without disturbing them')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show one message in full, by its id or a prefix of it')
            [CompletionResult]::new('classify', 'classify', [CompletionResultType]::ParameterValue, 'Explain why each message failed and what to do about it')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Show how each attempt at a message failed, from the function''s log')
            [CompletionResult]::new('rehearse', 'rehearse', [CompletionResultType]::ParameterValue, 'Run messages through the function on a local copy of their items, without changing anything')
            [CompletionResult]::new('redrive', 'redrive', [CompletionResultType]::ParameterValue, 'Move the messages that can succeed back to their source queue, without loss')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Save messages to a file, byte for byte; with --and-delete, then delete them')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Send exported messages to a queue, each of them once')
            [CompletionResult]::new('purge', 'purge', [CompletionResultType]::ParameterValue, 'Delete messages after backing them up to a file')
            [CompletionResult]::new('tasks', 'tasks', [CompletionResultType]::ParameterValue, 'List and cancel SQS message move tasks')
            [CompletionResult]::new('journal', 'journal', [CompletionResultType]::ParameterValue, 'Inspect the journals of earlier redrives; resume a run or restore its messages')
            break
        }
        'recoctl;help;dlq;peek' {
            break
        }
        'recoctl;help;dlq;get' {
            break
        }
        'recoctl;help;dlq;classify' {
            break
        }
        'recoctl;help;dlq;why' {
            break
        }
        'recoctl;help;dlq;rehearse' {
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
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the DLQ''s most recent move tasks (up to 10), newest first')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Cancel the DLQ''s running move task; messages already moved stay moved')
            break
        }
        'recoctl;help;dlq;tasks;list' {
            break
        }
        'recoctl;help;dlq;tasks;cancel' {
            break
        }
        'recoctl;help;dlq;journal' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the journals for this endpoint, newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the state of each message in a journal')
            [CompletionResult]::new('outcome', 'outcome', [CompletionResultType]::ParameterValue, 'Show the outcome of the messages that a run moved, and how many of their users have a list')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Finish an interrupted run: delete the messages it has sent, without sending any twice')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Send the messages of a journal back to the DLQ or another queue')
            break
        }
        'recoctl;help;dlq;journal;list' {
            break
        }
        'recoctl;help;dlq;journal;show' {
            break
        }
        'recoctl;help;dlq;journal;outcome' {
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
        'recoctl;help;user' {
            break
        }
        'recoctl;help;metrics' {
            break
        }
        'recoctl;help;facts' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check the configured tables and columns against the database schema')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Copy users, articles, reads and mutes to an SQLite file')
            break
        }
        'recoctl;help;facts;check' {
            break
        }
        'recoctl;help;facts;snapshot' {
            break
        }
        'recoctl;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print the effective configuration and the source of each value')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust the current content of the recoctl.toml in the working directory')
            break
        }
        'recoctl;help;config;show' {
            break
        }
        'recoctl;help;config;trust' {
            break
        }
        'recoctl;help;sandbox' {
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Take a guided tour that shows and runs the main commands')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Load-test a local pipeline and report which part saturates first')
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
