using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using ModelCompiler.Tests.Numerics;
using ModelCompiler.Tests.Operators;

namespace ModelCompiler.Tests.Runtime.Cpu;

/// <summary>
/// Runs the tests of kernels, of conversions and of whole models again, in processes that may not use all instructions of this processor.
/// Where the processor has them not to begin with, the level above is what the other tests run on anyway.
/// </summary>
public sealed class LesserProcessorTests
{
    static readonly Type[] Again =
    [
        typeof(ProcessorLevelTests), typeof(GemmTests), typeof(AttentionTests), typeof(VectorMathTests), typeof(VectorsTests), typeof(RowsTests),
        typeof(ScatterAddTests), typeof(PoolingTests), typeof(WinogradTests), typeof(EagerEqualsCompiledTests), typeof(NotFiniteTests), typeof(NotFiniteOperatorTests),
        typeof(FormatsTests), typeof(ConversionTests), typeof(LowOperandTests), typeof(Float8ScalingTests), typeof(ProductHarness),
    ];

    /// <summary>Of the operators' harness, what runs compiled code.</summary>
    const string Compiled = "Compiled";

    static readonly string Operators = $"{typeof(OperatorHarness).FullName}.{Compiled}*";

    /// <summary>Methods that the child runs: each is one test or more.</summary>
    static int Methods => Again.Sum(type => Tests(type).Length) + Tests(typeof(OperatorHarness)).Count(m => m.Name.StartsWith(Compiled, StringComparison.Ordinal));

    static MethodInfo[] Tests(Type type)
    {
        MethodInfo[] tests = [.. type.GetMethods().Where(m => m.GetCustomAttributes<FactAttribute>().Any())];
        Assert.NotEmpty(tests);
        return tests;
    }

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
        string report = Colours.Replace(await output + await errors, "");
        Assert.True(process.ExitCode == 0, $"{takenAway}=0: exit code {process.ExitCode}\n{report}");
        // Nothing is left out: the test of the level, which says that the child saw it, is one of these.
        Assert.Equal((0, 0), (Count(report, "failed"), Count(report, "skipped")));
        Assert.True(Count(report, "succeeded") >= Methods, $"{Methods} methods are less than that many tests:\n{report}");
    }

    /// <summary>Where the report goes to a service that shows them.</summary>
    static readonly Regex Colours = new(@"\x1b\[[0-9;]*m");

    static int Count(string report, string of)
    {
        Match line = Regex.Match(report, $@"^\s*{of}: (\d+)\s*$", RegexOptions.Multiline);
        Assert.True(line.Success, $"no number of tests that {of}:\n{report}");
        return int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
