using System;
using System.IO;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using SocketLeakAnalyzers.Incidents.Harness;
using Xunit;

namespace SocketLeakAnalyzers.Incidents.CertificateMonitor;

/// <summary>A site that shows its certificate, and may send megabytes that nobody reads.</summary>
internal abstract class MonitorScenario(string name, int? status, string sees) : SocketScenario("CertificateMonitor", name)
{
    public override string Round => "the monitor checks one site once";

    public override void Judge(Recording before, Recording after)
    {
        base.Judge(before, after);
        Assert.Equal(Rounds, before.CountOf(sees));
        Assert.Equal(Rounds, after.CountOf(sees));
    }

    protected override async Task<Recording> PerformAsync(string assembly, bool isRepaired, CancellationToken cancellationToken)
    {
        using var certificate = CreateCertificate();
        await using var site = new TalkingServer(async stream =>
        {
            await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            await tls.AuthenticateAsServerAsync(certificate);
            using var reader = new StreamReader(tls, leaveOpen: true);
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }

            if (status is not null)
            {
                var page = new byte[8 * 1024 * 1024];
                await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Status\r\nContent-Length: {page.Length}\r\nConnection: close\r\n\r\n"));
                await tls.WriteAsync(page);
            }
        });
        await using var child = Child.Start(assembly, $"https://localhost:{site.Port}");
        await child.UntilSaidAsync("ready", 1, cancellationToken);
        return await PlayAsync(
            child,
            isRepaired,
            async (recording, round) =>
            {
                await child.PlayAsync(round.ToString(), cancellationToken);
                recording.Note(await child.UntilSaidAsync("saw", round, cancellationToken));
                return true;
            },
            cancellationToken);
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2040, 6, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}

internal sealed class SslStreamScenario() : MonitorScenario("SslStream", null, "certificate until 2040")
{
    public override string Title => "TcpClient and SslStream, never disposed";

    public override string[] Steps => ["SLA1001 Dispose 'client' with a using declaration"];
}

internal sealed class UnreadBodyScenario() : MonitorScenario("UnreadBody", 200, "200, certificate until 2040")
{
    public override string Title => "ResponseHeadersRead, never disposed";

    public override string[] Steps => ["SLA1001 Dispose 'response' with a using declaration"];
}

internal sealed class UnreadErrorPageScenario() : MonitorScenario("UnreadErrorPage", 404, "no page, certificate until 2040")
{
    public override string Title => "ResponseHeadersRead, not disposed after an error";

    public override string[] Steps => ["SLA1002 Release 'response' in a finally"];
}
