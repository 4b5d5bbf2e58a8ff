using System.Threading.Tasks;
using SocketLeakAnalyzers.Hosting;
using SocketLeakAnalyzers.Testing;
using Xunit;

namespace SocketLeakAnalyzers.Tests.Rules.Streaming;

/// <summary>SLA3001: ends of pipes without a variable of their own, and pipes and channels in fields.</summary>
public sealed class SLA3001HeldTests
{
    private static Task Silent(string members) => Verify<ResourceAnalyzer>.Silent(InType(members));

    private static Task Reports(string members) => Verify<ResourceAnalyzer>.Reports(InType(members));

    private static string InType(string members) => "public sealed class Service\n{\n" + members + "\n}\n";

    // Ends of a pipe that the method made.
    [Fact]
    public Task Writer_of_a_pipe_that_background_work_completes_on_success_only_is_reported_at_its_first_use() => Reports("""
        public static PipeReader Open(string path)
        {
            var pipe = new Pipe();
            _ = Task.Run(async () =>
            {
                using var file = File.OpenRead(path);
                await file.CopyToAsync({|SLA3001:pipe.Writer|});
                await pipe.Writer.CompleteAsync();
            });
            return pipe.Reader;
        }
        """);

    [Fact]
    public Task Writer_of_a_pipe_with_a_finally_is_silent() => Silent("""
        public static PipeReader Open(string path)
        {
            var pipe = new Pipe();
            _ = Task.Run(async () =>
            {
                Exception? failure = null;
                try
                {
                    using var file = File.OpenRead(path);
                    await file.CopyToAsync(pipe.Writer);
                }
                catch (Exception e) { failure = e; }
                finally { await pipe.Writer.CompleteAsync(failure); }
            });
            return pipe.Reader;
        }
        """);

    [Fact]
    public Task Both_ends_are_judged_for_themselves() => Reports("""
        public static async Task CopyAsync(Stream source, Stream target)
        {
            var pipe = new Pipe();
            var reading = Task.Run(async () =>
            {
                try { await pipe.Reader.CopyToAsync(target); }
                finally { await pipe.Reader.CompleteAsync(); }
            });
            await source.CopyToAsync({|SLA3001:pipe.Writer|});
            await pipe.Writer.CompleteAsync();
            await reading;
        }
        """);

    [Fact]
    public Task Exception_ahead_of_the_first_use_loses_nothing() => Silent("""
        public static async Task<long> CountAsync(string path)
        {
            var text = await File.ReadAllTextAsync(path);
            var pipe = new Pipe();
            pipe.Writer.Complete();
            return text.Length;
        }
        """);

    [Fact]
    public Task Writer_that_the_method_around_completes_in_its_catch_is_silent() => Silent("""
        public static async Task<PipeReader> OpenAsync(Stream source)
        {
            var pipe = new Pipe();
            try
            {
                await Task.Run(async () =>
                {
                    await source.CopyToAsync(pipe.Writer);
                    await pipe.Writer.CompleteAsync();
                });
            }
            catch (Exception e)
            {
                await pipe.Writer.CompleteAsync(e);
            }

            return pipe.Reader;
        }
        """);

    [Fact]
    public Task Pipe_that_is_given_away_may_be_completed_there() => Silent("""
        public static async Task OpenAsync(Stream source, Action<Pipe> register)
        {
            var pipe = new Pipe();
            register(pipe);
            await source.CopyToAsync(pipe.Writer);
            await pipe.Writer.CompleteAsync();
        }
        """);

    [Theory]
    [InlineData("await pipe.Writer.WriteAsync(start); await source.CopyToAsync(pipe.Writer); pipe.Writer.Complete(); return pipe.Reader;")]
    [InlineData("if (start.Length > 0) { await source.CopyToAsync(pipe.Writer); pipe.Writer.Complete(); return pipe.Reader; } return null;")]
    public Task Writer_that_is_lost_before_anybody_has_the_reader_is_silent(string body) => Silent(
        "public static async Task<PipeReader?> FillAsync(Stream source, Memory<byte> start) { var pipe = new Pipe(); " + body + " }");

    [Theory]
    [InlineData("var consuming = consume(pipe.Reader); await source.CopyToAsync({|SLA3001:pipe.Writer|}); pipe.Writer.Complete(); await consuming;")]
    [InlineData("var consuming = Task.Run(() => consume(pipe.Reader)); await source.CopyToAsync({|SLA3001:pipe.Writer|}); pipe.Writer.Complete(); await consuming;")]
    [InlineData("Task consuming = null; for (var i = 0; i < 9; i++) { await source.CopyToAsync({|SLA3001:pipe.Writer|}); consuming ??= consume(pipe.Reader); } pipe.Writer.Complete(); await consuming;")]
    public Task Writer_that_is_lost_when_somebody_has_the_reader_is_reported(string body) => Reports(
        "public static async Task FillAsync(Stream source, Func<PipeReader, Task> consume) { var pipe = new Pipe(); " + body + " }");

    [Fact]
    public Task Each_round_has_its_own_pipe() => Reports("""
        public static async Task CopyAllAsync(IEnumerable<Stream> sources, Func<PipeReader, Task> consume)
        {
            foreach (var source in sources)
            {
                var pipe = new Pipe();
                var consuming = consume(pipe.Reader);
                try
                {
                    await source.CopyToAsync({|SLA3001:pipe.Writer|});
                    await pipe.Writer.CompleteAsync();
                }
                catch (IOException e)
                {
                    Console.WriteLine(e);
                    continue;
                }

                await consuming;
            }
        }
        """);

    // Fields.
    [Fact]
    public Task Channel_of_a_field_that_its_pump_completes_on_success_only_is_reported_at_its_first_use() => Reports("""
        private readonly Channel<string> _lines = Channel.CreateBounded<string>(100);

        public ChannelReader<string> Lines => _lines.Reader;

        public async Task RunAsync(string path, CancellationToken token)
        {
            using var reader = new StreamReader(path);
            while (await reader.ReadLineAsync(token) is { } line)
                await {|SLA3001:_lines.Writer|}.WriteAsync(line, token);
            _lines.Writer.Complete();
        }
        """);

    [Fact]
    public Task Pump_of_a_field_with_a_finally_is_silent() => Silent("""
        private readonly Channel<string> _lines = Channel.CreateBounded<string>(100);

        public ChannelReader<string> Lines => _lines.Reader;

        public async Task RunAsync(string path, CancellationToken token)
        {
            try
            {
                using var reader = new StreamReader(path);
                while (await reader.ReadLineAsync(token) is { } line)
                    await _lines.Writer.WriteAsync(line, token);
            }
            finally { _lines.Writer.TryComplete(); }
        }
        """);

    [Fact]
    public Task Channel_of_a_field_that_another_method_completes_too_is_silent() => Silent("""
        private readonly Channel<string> _lines = Channel.CreateBounded<string>(100);

        public ChannelReader<string> Lines => _lines.Reader;

        public async Task RunAsync(string path, CancellationToken token)
        {
            using var reader = new StreamReader(path);
            while (await reader.ReadLineAsync(token) is { } line)
                await _lines.Writer.WriteAsync(line, token);
            _lines.Writer.Complete();
        }

        public void Stop() => _lines.Writer.TryComplete();
        """);

    [Fact]
    public Task Channel_of_a_field_that_is_exposed_may_be_completed_outside() => Silent("""
        private readonly Channel<string> _lines = Channel.CreateBounded<string>(100);

        public Channel<string> Lines => _lines;

        public async Task RunAsync(string path, CancellationToken token)
        {
            using var reader = new StreamReader(path);
            while (await reader.ReadLineAsync(token) is { } line)
                await _lines.Writer.WriteAsync(line, token);
            _lines.Writer.Complete();
        }
        """);

    [Fact]
    public Task Channel_that_was_injected_is_its_givers() => Silent("""
        private readonly Channel<string> _lines;

        public Service(Channel<string> lines) => _lines = lines;

        public async Task RunAsync(string path, CancellationToken token)
        {
            using var reader = new StreamReader(path);
            while (await reader.ReadLineAsync(token) is { } line)
                await _lines.Writer.WriteAsync(line, token);
            _lines.Writer.Complete();
        }
        """);

    [Fact]
    public Task Stop_that_completes_a_queue_is_no_pump() => Silent("""
        private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();

        public void Enqueue(string item) => _queue.Writer.TryWrite(item);

        public async Task StopAsync()
        {
            await File.AppendAllTextAsync("log", "stopping");
            _queue.Writer.Complete();
        }
        """);

    [Fact]
    public Task Pipe_of_a_field_filled_by_background_work_is_reported() => Reports("""
        private readonly Pipe _pipe = new();
        private Task? _filling;

        public PipeReader Start(Socket socket, CancellationToken token)
        {
            _filling = Task.Run(async () =>
            {
                int received;
                while ((received = await socket.ReceiveAsync({|SLA3001:_pipe.Writer|}.GetMemory(512), token)) > 0)
                {
                    _pipe.Writer.Advance(received);
                    await _pipe.Writer.FlushAsync(token);
                }

                await _pipe.Writer.CompleteAsync();
            }, token);
            return _pipe.Reader;
        }
        """);

    [Fact]
    public Task Pipe_of_a_field_whose_task_completes_it_when_it_fails_is_silent() => Silent("""
        private readonly Pipe _pipe = new();
        private Task? _filling;

        public PipeReader Start(Stream source, CancellationToken token)
        {
            _filling = FillAsync(source, token).ContinueWith(t => _pipe.Writer.Complete(t.Exception), TaskScheduler.Default);
            return _pipe.Reader;
        }

        private async Task FillAsync(Stream source, CancellationToken token)
        {
            int read;
            while ((read = await source.ReadAsync(_pipe.Writer.GetMemory(512), token)) > 0)
            {
                _pipe.Writer.Advance(read);
                await _pipe.Writer.FlushAsync(token);
            }

            await _pipe.Writer.CompleteAsync();
        }
        """);

    [Fact]
    public Task Sentinel_that_completes_a_field_is_no_success_path() => Silent("""
        private readonly Channel<string> _inbox = Channel.CreateUnbounded<string>();

        public async Task RunAsync(CancellationToken token)
        {
            await foreach (var message in _inbox.Reader.ReadAllAsync(token))
            {
                if (message == "stop")
                {
                    _inbox.Writer.Complete();
                    continue;
                }

                await File.AppendAllTextAsync("log", message, token);
            }
        }
        """);

    // Both ends, early returns, threads.
    [Fact]
    public Task Reader_of_a_field_is_judged_beside_its_writer() => Reports("""
        private readonly Pipe _pipe = new();

        public async Task ReadAllAsync()
        {
            while (true)
            {
                var read = await {|SLA3001:_pipe.Reader|}.ReadAsync();
                _pipe.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            await _pipe.Reader.CompleteAsync();
        }

        public async Task WriteAllAsync(Stream source)
        {
            try { await source.CopyToAsync(_pipe.Writer); }
            finally { await _pipe.Writer.CompleteAsync(); }
        }
        """);

    [Fact]
    public Task Pipe_whose_reader_has_gone_is_left_open_by_a_return() => Reports("""
        private readonly Pipe pipe = new();

        public PipeReader Reader => this.pipe.Reader;

        public async Task FillAsync(Stream source)
        {
            int read;
            while ((read = await source.ReadAsync({|SLA3001:this.pipe.Writer|}.GetMemory(100))) > 0)
            {
                this.pipe.Writer.Advance(read);
                if ((await this.pipe.Writer.FlushAsync()).IsCompleted)
                    return;
            }

            this.pipe.Writer.Complete();
        }
        """);

    [Fact]
    public Task Thread_that_completes_a_field_is_a_pump_too() => Reports("""
        private readonly Channel<string> _texts = Channel.CreateBounded<string>(3);

        public ChannelReader<string> Texts => _texts.Reader;

        public void Start(string[] paths) => new Thread(() =>
        {
            for (var i = 0; i < paths.Length; i++)
                {|SLA3001:_texts.Writer|}.TryWrite(File.ReadAllText(paths[i]));
            _texts.Writer.Complete();
        }).Start();
        """);

    [Fact]
    public Task Helper_that_completes_in_the_finally_is_silent() => Silent("""
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public ChannelReader<string> Lines => _lines.Reader;

        public async Task RunAsync(StreamReader reader)
        {
            try
            {
                while (await reader.ReadLineAsync() is { } line)
                    await _lines.Writer.WriteAsync(line);
                _lines.Writer.Complete();
            }
            finally { Finish(); }
        }

        private void Finish() => _lines.Writer.TryComplete();
        """);

    [Fact]
    public Task Catch_that_completes_with_the_exception_and_throws_is_silent() => Silent("""
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public ChannelReader<string> Lines => _lines.Reader;

        public async Task RunAsync(StreamReader reader)
        {
            try
            {
                while (await reader.ReadLineAsync() is { } line)
                    await _lines.Writer.WriteAsync(line);
                _lines.Writer.Complete();
            }
            catch (Exception e)
            {
                _lines.Writer.Complete(e);
                throw;
            }
        }
        """);

    [Fact]
    public Task Nested_type_that_completes_the_field_is_another_owner() => Silent("""
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public IDisposable End() => new Ending(this);

        public async Task RunAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
                await _lines.Writer.WriteAsync(line);
            _lines.Writer.Complete();
        }

        private sealed class Ending(Service service) : IDisposable
        {
            public void Dispose() => service._lines.Writer.TryComplete();
        }
        """);

    [Fact]
    public Task Message_names_the_end_of_the_pipe() => Verify<ResourceAnalyzer>.Reports(
        InType("""
            public static async Task CopyAsync(Stream source)
            {
                var pipe = new Pipe();
                await {|#1:source.CopyToAsync({|#0:pipe.Writer|})|};
                await pipe.Writer.CompleteAsync();
            }
            """),
        [Verify<ResourceAnalyzer>.Diagnostic("SLA3001").WithLocation(0).WithLocation(1)
            .WithMessage("'pipe.Writer' (PipeWriter) is not completed if 'CopyToAsync' throws")]);
}
