using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using ModelCompiler.Tests.Numerics;
using ModelCompiler.Tests.Operators;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>
/// Runs the tests of kernels and of whole models again, in processes that may not use all instructions of this processor. Where the
/// processor has them not to begin with, the level above is what the other tests run on anyway.
/// </summary>
public sealed class LesserProcessorTests
{
    static readonly Type[] Again =
    [
        typeof(ProcessorLevelTests), typeof(GemmTests), typeof(AttentionTests), typeof(VectorMathTests), typeof(VectorsTests), typeof(RowsTests),
        typeof(ScatterAddTests), typeof(PoolingTests), typeof(WinogradTests), typeof(EagerEqualsCompiledTests), typeof(NotFiniteTests), typeof(NotFiniteOperatorTests),
    ];

    /// <summary>Of the operators' harness, what runs compiled code.</summary>
    static readonly string Operators = $"{typeof(OperatorHarness).FullName}.Compiled*";

    [Theory]
    [InlineData("DOTNET_EnableAVX512", ProcessorLevel.Vector256)]
    [InlineData("DOTNET_EnableAVX2", ProcessorLevel.Vector128)]
    [InlineData("DOTNET_EnableHWIntrinsic", ProcessorLevel.Scalar)]
    public async Task Kernels_AreRightWithoutTheInstructions(string takenAway, ProcessorLevel left)
    {
        Assert.SkipUnless(ProcessorLevelTests.Current > left, $"this process runs at {ProcessorLevelTests.Current} as it is");
        ProcessStartInfo start = ChildProcess.With(["--filter-method", Operators, .. Again.Select(tests => tests.FullName + ".*")]);
        start.Environment[takenAway] = "0";
        start.Environment[ProcessorLevelTests.Variable] = left.ToString();
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string report = await output + await errors;
        Assert.True(process.ExitCode == 0, $"{takenAway}=0: exit code {process.ExitCode}\n{report}");
        Assert.DoesNotContain("total: 0", report, StringComparison.Ordinal);
        Assert.True(Again.Length > 1 && report.Contains("failed: 0", StringComparison.Ordinal), report);
    }
}
