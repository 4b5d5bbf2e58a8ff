using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace SocketLeakAnalyzers.Robustness;

/// <summary>
/// Writes methods over several files that make, take, wrap, forward, keep and release resources by calling each other, circles among them: what is known of one
/// rests on what is known of others in other files, so an answer that depends on who asks first shows.
/// </summary>
internal static class CodeThatCalls
{
    public static List<string> Write(SplitMix64 random, int files, int methods)
    {
        var all = files * methods;
        var written = new List<string>();
        for (var file = 0; file < files; file++)
        {
            var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"public static class F{file} {{ static Stream s_kept; static readonly List<Stream> All = new();");
            for (var i = 0; i < methods; i++)
            {
                var number = file * methods + i;
                text.AppendLine(CultureInfo.InvariantCulture, $"public static Stream Make{number}(string p, bool b) {{ {Making(number)} }}");
                text.AppendLine(CultureInfo.InvariantCulture, $"public static void Take{number}(Stream s, bool b) {{ {Taking()} }}");
                text.AppendLine(CultureInfo.InvariantCulture, $"public static bool Try{number}(string p, out Stream s) {{ {Trying()} }}");
                text.AppendLine(CultureInfo.InvariantCulture, $"static void Use{number}(string p, bool b) {{ {Using()} }}");
            }

            written.Add(text.Append('}').ToString());
        }

        return written;

        string Call(string kind)
        {
            var number = random.Below(all);
            return $"F{number / methods}.{kind}{number}";
        }

        string Making(int number) => random.Below(9) switch
        {
            0 or 1 => "return System.IO.File.OpenRead(p);",
            2 => $"return {Call("Make")}(p, b);",
            3 => $"return b ? {Call("Make")}(p, false) : {Call("Make")}(p, true);",
            4 => $"var s = {Call("Make")}(p, b); s.ReadByte(); return s;",
            5 => $"var s = {Call("Make")}(p, b); {Call("Take")}(s, b); return s;",
            6 => $"return new BufferedStream({Call("Make")}(p, b));",
            7 => $"return {Call("Try")}(p, out var s) ? s : {Call("Make")}(p, b);",
            _ => $"if (b) return {Call("Make")}(p, !b); return number{number}(); Stream number{number}() => {Call("Make")}(p, b);",
        };

        string Taking() => random.Below(10) switch
        {
            0 or 1 => "s.Dispose();",
            2 => "s.ReadByte();",
            3 => $"{Call("Take")}(s, b);",
            4 => $"if (b) {Call("Take")}(s, false); else s.Dispose();",
            5 => $"if (b) {Call("Take")}(s, false); else {Call("Take")}(s, true);",
            6 => "s_kept = s;",
            7 => "All.Add(s);",
            8 => $"using (s) {{ {Call("Take")}(s, b); }}",
            _ => $"Task.Run(() => {Call("Take")}(s, b));",
        };

        string Trying() => random.Below(4) switch
        {
            0 => "s = System.IO.File.OpenRead(p); return true;",
            1 => $"return {Call("Try")}(p, out s);",
            2 => $"s = p.Length > 0 ? {Call("Make")}(p, true) : null; return s != null;",
            _ => $"s = {Call("Make")}(p, false); s.ReadByte(); return true;",
        };

        string Using() => random.Below(6) switch
        {
            0 => $"var s = {Call("Make")}(p, b); s.ReadByte();",
            1 => $"var s = {Call("Make")}(p, b); {Call("Take")}(s, b);",
            2 => $"var s = System.IO.File.OpenRead(p); {Call("Take")}(s, b);",
            3 => $"if ({Call("Try")}(p, out var s)) {{ {Call("Take")}(s, b); }}",
            4 => $"using var s = {Call("Make")}(p, b); {Call("Take")}(s, b);",
            _ => string.Concat(Enumerable.Range(0, 4).Select(i => $"var s{i} = {Call("Make")}(p, b); {Call("Take")}(s{i}, b);")),
        };
    }
}
