using Microsoft.CodeAnalysis;

namespace SocketLeakAnalyzers.Tests.Contract;

/// <summary>What the page of a new rule begins with.</summary>
internal static class NewPage
{
    public static string Of(DiagnosticDescriptor rule) => $$"""
        # {{rule.Id}}: {{rule.Title}}

        | Category | Severity | Fix |
        | --- | --- | --- |
        | {{rule.Category}} | {{rule.DefaultSeverity}} | TODO: what the fix does, or `none` |

        ## What it reports

        TODO: which code, on which part of it the warning stands, and what is left alone.

        ## Why it matters

        TODO: what runs out in a running system, how soon, and how it was noticed.

        ## A leak and its repair

        ```csharp
        static void TODO()
        {
            // {{rule.Id}} is expected on the line with this comment
        }
        ```

        ```csharp
        static void TODO()
        {
        }
        ```

        ## Known gaps

        - TODO: what it is known to miss, each with a test `KnownGap_…`.

        ## When to suppress it

        TODO: where the finding is right and nothing is to be done.

        ```csharp
        #pragma warning disable {{rule.Id}} // TODO: the reason
        #pragma warning restore {{rule.Id}}
        ```

        ## Configuration

        {{PageConfiguration.Of(rule)}}
        """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}
