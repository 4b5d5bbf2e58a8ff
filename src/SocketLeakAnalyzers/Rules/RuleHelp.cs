namespace SocketLeakAnalyzers.Rules;

/// <summary>Where a rule's documentation page is.</summary>
internal static class RuleHelp
{
    public static string LinkTo(string ruleId) => ProductLinks.RepositoryUrl + "/blob/main/docs/rules/" + ruleId + ".md";
}
