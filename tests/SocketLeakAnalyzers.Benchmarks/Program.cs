using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;

namespace SocketLeakAnalyzers.Benchmarks;

internal static class Program
{
    private const string Usage = """
        usage: SocketLeakAnalyzers.Benchmarks <command> …

          findings <folder>                     what the analyzers report in a folder of C#
            --rule SLA1001,SLA2                   only these rules or families
            --sample N [--seed S]                 N findings drawn with a seed (default seed 1)
            --context N                           N source lines around each, and the lines of its path
            --no-tests                            leave test projects and test folders out
            --as-one                              the folder is one compilation (default: one for each project)
            --peer NAME                           the findings of a peer instead: CA2000, SDK, IDisposableAnalyzers, Sonar, Meziantou
            --each                                every folder below those given is a repository; a table of them with one total
            --limit S                             a project that takes longer than S seconds is counted as not ended
          leaks <leaks.jsonl> <clones>          the share of known leaks found, and the silence after their fix
            --laid-out FOLDER                     take FOLDER/<id>/{before,after} instead of clones
            --kinds D,T   --case TEXT             only these kinds, only cases whose id contains the text
            --family SLA1                         only rules of this family count
            --peers                               CA2000/CA2213/CA1001 and IDisposableAnalyzers beside
          compare <folder>                      CPU, wall time and allocations beside the peers, the folder as one compilation
            --rounds 7   --warmup 1
            --peers                               all peers (default: CA2000 and IDisposableAnalyzers)
            --only CA2000,Sonar                   only these beside ours; --only ours: none
            --by-project   --no-tests             one compilation for each project, each paid in turn
            --by-analyzer                         each of our analyzers alone as well
          fixes <folder>                        applies every fix offered, alone and as Fix All, and checks what comes out
            --rule SLA1001   --no-tests   --as-one   --show N   (N failures with their diff, default 20)
            --each                                every folder below those given is a repository
            --sample N [--seed S]                 N of the applied fixes, drawn with a seed, with their diff
            --not-offered                         the findings for which no fix is offered
          shapes                                our own time on code of hostile shapes, against a limit of 2 s
            --shape TEXT   --short                only shapes whose name contains the text; at the size of the tests
          growth <folder>                       our time at 1/4, 1/2, 1 and 2 of the work; twice the work in at most 2.2 times the time inside our analyzers
            --rounds 5   --no-tests
          edit <folder>                         our marginal time for one file after an edit of one method, beside the compiler's own diagnostics for it
            --edits 200   --repeats 3   --seed S   --no-tests
            --session                             memory in use over 10,000 edits (--edits) that follow each other
          stable <folder>                       the same findings on every run: threads, order of files, file by file
            --rounds 2   --seed S   --as-one   --no-tests
          fuzz [repository]                     analyzers and fixes on mutations of the repository's snippets; nothing may throw
            --seconds 60   --seed S   --case N    N: that case alone, with its code
          cancel <folder>                       how long our analyzers run on after their token is cancelled, and whether they throw anything else
            --shapes [--shape TEXT] [--short]     on code of hostile shapes instead of a folder
            --rounds 3   --seed S   --no-tests
            --show 3                              the longest, with the stack where each noticed
          build <project file>                  what the compiler process of a real build takes more with our analyzers than without
            --pairs 10   --framework net8.0   --assembly <SocketLeakAnalyzers.dll>
          micro [--filter *Join*]               the engine's hot parts, each for itself, with BenchmarkDotNet and its options
            --once                                each once, without a measurement
          capabilities [folder]                 what our analyzers and the peers say of small pieces of code, as a table
          selftest                              a quick check of the above

        all of them:
            --references net10.0|net472           what code is bound against (default net10.0 with ASP.NET Core)
            --define A,B                          further preprocessor symbols
            --option key=value                    a setting as of an .editorconfig
            --concurrent                          analyse on all cores (default: one)

        exit code: 0 done, 1 an analyzer threw or a check failed, 2 the command line is wrong
        Progress goes to standard error, results to standard output.
        """;

    public static readonly string[] Flags = ["--no-tests", "--as-one", "--by-project", "--peers", "--by-analyzer", "--concurrent", "--short", "--session", "--each", "--not-offered", "--shapes", "--once"];

    private static async Task<int> Main(string[] args)
    {
        if (args is [] or ["--help" or "-h" or "help", ..])
        {
            await Console.Out.WriteLineAsync(Usage).ConfigureAwait(false);
            return args.Length == 0 ? 2 : 0;
        }

        var watch = Stopwatch.StartNew();
        try
        {
            if (args[0] == "micro" && !args.Contains("--once"))
            {
                return MicroCommand.Run(args[1..]);
            }

            var line = new CommandLine(args[1..], Flags);
            var exit = args[0] switch
            {
                "findings" => await FindingsCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "leaks" => await LeaksCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                PeerProcess.Command => await LeaksCommand.PeerAsync(line, Console.Out).ConfigureAwait(false),
                "compare" => await CompareCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "fixes" => await FixesCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "shapes" => await ShapesCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "growth" => await GrowthCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "edit" => await EditCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "stable" => await StableCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "fuzz" => await FuzzCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "cancel" => await CancelCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "micro" => await MicroCommand.OnceAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "build" => await BuildCommand.RunAsync(line, Console.Out, Console.Error).ConfigureAwait(false),
                "capabilities" => await CapabilitiesCommand.RunAsync(line, Console.Out).ConfigureAwait(false),
                "selftest" => await SelfTest.RunAsync(Console.Out).ConfigureAwait(false),
                _ => throw new CommandLineException("unknown command: " + args[0]),
            };
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"{watch.Elapsed.TotalSeconds:0.0} s")).ConfigureAwait(false);
            return exit;
        }
        catch (CommandLineException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message).ConfigureAwait(false);
            await Console.Error.WriteLineAsync("--help tells the usage").ConfigureAwait(false);
            return 2;
        }
    }
}
