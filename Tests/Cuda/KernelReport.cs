using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelCompiler.Tests.Cuda;

/// <summary>What <c>--ptxas-options=-v</c> says of one kernel.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Target">Such as sm_90.</param>
/// <param name="Registers">Of a thread.</param>
/// <param name="StackBytes">Of a thread.</param>
/// <param name="SpillBytes">Stored and loaded, since registers did not suffice.</param>
/// <param name="SharedBytes">Of a block, as declared.</param>
sealed partial record KernelReport(string Kernel, string Target, int Registers, int StackBytes, int SpillBytes, int SharedBytes)
{
    /// <summary>One for each kernel of a log, in the log's order.</summary>
    public static IReadOnlyList<KernelReport> Read(string log)
    {
        List<KernelReport> reports = [];
        foreach (Match entry in Entry().Matches(log))
        {
            string text = entry.Groups["text"].Value;
            Match stack = Stack().Match(text), used = Used().Match(text);
            Assert.True(stack.Success && used.Success, $"the log has another form than expected:\n{log}");
            reports.Add(new(entry.Groups["kernel"].Value, entry.Groups["target"].Value, Number(used, "registers"), Number(stack, "stack"),
                Number(stack, "stores") + Number(stack, "loads"), Number(Shared().Match(text), "shared")));
        }
        return reports;
    }

    static int Number(Match match, string group) => match.Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"Compiling entry function '(?<kernel>\w+)' for '(?<target>\w+)'(?<text>.*?)(?=Compiling entry function|\z)", RegexOptions.Singleline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"(?<stack>\d+) bytes stack frame, (?<stores>\d+) bytes spill stores, (?<loads>\d+) bytes spill loads")]
    private static partial Regex Stack();

    [GeneratedRegex(@"Used (?<registers>\d+) registers")]
    private static partial Regex Used();

    [GeneratedRegex(@"(?<shared>\d+) bytes smem")]
    private static partial Regex Shared();
}
