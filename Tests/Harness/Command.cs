using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace ModelCompiler.Tests.Harness;

/// <summary>One run of <c>dotnet</c>, as a user's shell would start it.</summary>
/// <param name="ExitCode">0 where all went well.</param>
/// <param name="Output">What it wrote to its output.</param>
/// <param name="Errors">What it wrote to its error output.</param>
sealed record Command(int ExitCode, string Output, string Errors)
{
    /// <summary>A whole restore and build on a busy machine.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <param name="folder">To run in.</param>
    /// <param name="arguments">After <c>dotnet</c>.</param>
    public static Task<Command> DotNet(string folder, params IEnumerable<string> arguments) => DotNet(folder, new Dictionary<string, string>(), arguments);

    /// <param name="folder">To run in.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="arguments">After <c>dotnet</c>.</param>
    public static async Task<Command> DotNet(string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // This test may itself run below a build, whose settings are not the user's.
        string[] inherited = [.. start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))];
        foreach (string name in inherited) start.Environment.Remove(name);
        // A server that outlives the build would keep our end of its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach ((string name, string value) in environment) start.Environment[name] = value;

        using Process process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Longest);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Command(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Fails the test with everything that was written, unless the command succeeded.</summary>
    public Command Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Errors}");
        return this;
    }
}
