using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ModelCompiler.Tests.Harness;

/// <summary>
/// Compares text with a checked-in file by Verify's names: <c>x.verified.cs</c> is expected, <c>x.received.cs</c> is written where the two
/// differ. <c>UPDATE_GOLDEN=1 dotnet test</c> rewrites them.
/// </summary>
public static class Golden
{
    /// <param name="folder">Below Tests.</param>
    /// <param name="name">Of the case.</param>
    /// <param name="extension">With its dot.</param>
    /// <param name="text">What came out.</param>
    public static void Match(string folder, string name, string extension, string text)
    {
        string path = Path.Combine(Repository.Root, "Tests", folder, name + ".verified" + extension);
        string received = Path.Combine(Repository.Root, "Tests", folder, name + ".received" + extension);
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (Repository.UpdatesGoldens)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            File.Delete(received);
            return;
        }
        string expected = File.Exists(path) ? File.ReadAllText(path).Replace("\r\n", "\n", StringComparison.Ordinal) : "";
        if (expected == text)
        {
            if (File.Exists(received)) File.Delete(received);
            return;
        }
        File.WriteAllText(received, text);
        Assert.Fail($"{Path.GetRelativePath(Repository.Root, path)} differs from what came out, first here:\n{FirstDifference(expected, text)}\n"
            + "Compare it with the .received file beside it; UPDATE_GOLDEN=1 dotnet test accepts.");
    }

    /// <summary>The set of files counts too: one that no case writes any more is an error, or deleted when updating.</summary>
    public static void NoOthers(string folder, string extension, IEnumerable<string> names)
    {
        string path = Path.Combine(Repository.Root, "Tests", folder);
        HashSet<string> wanted = [.. names.Select(n => n + ".verified" + extension)];
        string[] stale = [.. Directory.GetFiles(path, "*.verified" + extension).Where(f => !wanted.Contains(Path.GetFileName(f)))];
        if (Repository.UpdatesGoldens) foreach (string file in stale) File.Delete(file);
        else Assert.Empty(stale.Select(f => Path.GetRelativePath(Repository.Root, f)));
    }

    static string FirstDifference(string expected, string actual)
    {
        string[] a = expected.Split('\n'), b = actual.Split('\n');
        int line = Enumerable.Range(0, Math.Max(a.Length, b.Length)).First(i => i >= a.Length || i >= b.Length || a[i] != b[i]);
        return $"line {line + 1}\n  expected: {(line < a.Length ? a[line] : "(end)")}\n  actual:   {(line < b.Length ? b[line] : "(end)")}";
    }
}
