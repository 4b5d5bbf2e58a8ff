namespace SocketLeakAnalyzers.Rules;

/// <summary>The categories that rules are grouped under, as they show in an IDE and in an .editorconfig.</summary>
internal static class RuleCategory
{
    public const string Lifetime = nameof(Lifetime);
    public const string Timeouts = nameof(Timeouts);
    public const string Streaming = nameof(Streaming);
    public const string AbandonedWork = nameof(AbandonedWork);
    public const string Listeners = nameof(Listeners);
    public const string Configuration = nameof(Configuration);
}
