using System;
using System.Diagnostics;

namespace ModelCompiler.Tests.Runtime;

/// <summary>Starts this test program once more, for what cannot be tried in a process that has to go on.</summary>
public static class ChildProcess
{
    /// <param name="arguments">Such as which tests to run.</param>
    public static ProcessStartInfo With(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The tests' own executable, or dotnet, which wants to be told the assembly first.
        if (!Environment.ProcessPath!.Contains("ModelCompiler", StringComparison.Ordinal)) start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }
}
