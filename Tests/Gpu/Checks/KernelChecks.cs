using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Reflection;
using ModelCompiler.Tests.Cuda.Simulated;
using Xunit;

namespace ModelCompiler.Gpu.Checks;

/// <summary>
/// The runtime's kernels: the tests of <c>Tests/Cuda/Simulated</c>, which compare them with the processor's routines and with sums in double,
/// run on the device at hand.
/// </summary>
static class KernelChecks
{
    const DynamicallyAccessedMemberTypes Members = DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.PublicProperties;

    /// <summary>Runs an area's tests.</summary>
    delegate IEnumerable<CheckResult> Suite(Func<string, bool> isAsked);

    static readonly (string Area, Suite Run)[] suites =
    [
        ("rows", asked => Tests<RowsKernelTests>("rows", asked, With<LibraryDevice>(d => new RowsKernelTests(d)))),
        ("pooling", asked => Tests<PoolingKernelTests>("pooling", asked, With<LibraryDevice>(d => new PoolingKernelTests(d)))),
        ("convolution", asked => Tests<ConvolutionKernelTests>("convolution", asked, With<LibraryDevice>(d => new ConvolutionKernelTests(d)))),
        ("product", asked => Tests<ProductKernelTests>("product", asked, With<LibraryDevice>(d => new ProductKernelTests(d)))),
        ("attention", asked => Tests<AttentionTests>("attention", asked, With<SimulatedDevice>(d => new AttentionTests(d)))),
        ("cross_entropy", asked => Tests<CrossEntropyTests>("cross_entropy", asked, With<SimulatedDevice>(d => new CrossEntropyTests(d)))),
        ("layer_norm", asked => Tests<LayerNormTests>("layer_norm", asked, With<SimulatedDevice>(d => new LayerNormTests(d)))),
        ("optimizer", asked => Tests<OptimizerKernelTests>("optimizer", asked, With<LibraryDevice>(d => new OptimizerKernelTests(d)))),
        ("matrix_optimizer", asked => Tests<OptimizerMatrixKernelTests>("matrix_optimizer", asked, With<LibraryDevice>(d => new OptimizerMatrixKernelTests(d)))),
        ("numbers", asked => Tests<NumbersKernelTests>("numbers", asked, With<LibraryDevice>(d => new NumbersKernelTests(d)))),
        ("convert", asked => ConvertChecks.Run(asked)),
    ];

    public static IEnumerable<string> Areas => suites.Select(s => s.Area);

    /// <param name="area">One of <see cref="Areas"/>.</param>
    /// <param name="isAsked">Whether a test of that name is to be run.</param>
    public static IEnumerable<CheckResult> Run(string area, Func<string, bool> isAsked) => suites.Single(s => s.Area == area).Run(isAsked);

    /// <summary>Makes one fixture for a class of tests, and an instance for each test.</summary>
    static Func<object?, (object Fixture, IDisposable Instance)> With<TFixture>(Func<TFixture, IDisposable> create) where TFixture : class, new() =>
        known =>
        {
            var fixture = (TFixture?)known ?? new TFixture();
            return (fixture, create(fixture));
        };

    static IEnumerable<CheckResult> Tests<[DynamicallyAccessedMembers(Members)] T>(string area, Func<string, bool> isAsked,
        Func<object?, (object Fixture, IDisposable Instance)> create)
    {
        object? fixture = null;
        try
        {
            foreach (MethodInfo method in typeof(T).GetMethods().Where(m => m.GetCustomAttribute<FactAttribute>() is not null).OrderBy(m => m.Name, StringComparer.Ordinal))
                foreach (object?[] row in Rows<T>(method))
                {
                    string name = row.Length == 0 ? method.Name : $"{method.Name}({string.Join(", ", row.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)))})";
                    if (!isAsked($"{area}: {name}")) continue;
                    yield return Measure(area, name, () =>
                    {
                        (fixture, IDisposable instance) = create(fixture);
                        using (instance) method.Invoke(instance, row);
                    });
                }
        }
        finally
        {
            (fixture as IDisposable)?.Dispose();
        }
    }

    static IEnumerable<object?[]> Rows<[DynamicallyAccessedMembers(Members)] T>(MethodInfo method)
    {
        if (method.GetCustomAttribute<MemberDataAttribute>() is { } data)
            return ((System.Collections.IEnumerable)typeof(T).GetProperty(data.Member)!.GetValue(null)!).Cast<ITheoryRow>().Select(r => r.Values);
        object?[][] rows = [.. method.GetCustomAttributes<InlineDataAttribute>().Select(a => a.Values)];
        return rows.Length > 0 ? rows : [[]];
    }

    /// <summary>Runs a check; what it throws is its result.</summary>
    public static CheckResult Measure(string area, string name, Action check) => Measure(area, name, () =>
    {
        check();
        return "";
    });

    /// <summary>Runs a check that tells how far numbers were apart.</summary>
    public static CheckResult Measure(string area, string name, Func<string> check)
    {
        long start = Stopwatch.GetTimestamp();
        Assert.Reset();
        (bool passed, string detail) = (true, "");
        try
        {
            detail = check();
            if (Assert.Distance > 0) detail += string.Create(CultureInfo.InvariantCulture, $"{(detail.Length > 0 ? "; " : "")}other bits than the processor's, {Assert.Distance:0.0e0} apart");
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            Exception cause = problem is TargetInvocationException { InnerException: { } inner } ? inner : problem;
            (passed, detail) = (false, (cause is CheckException ? "" : cause.GetType().Name + ": ") + cause.Message);
        }
        return new(area, name, passed, detail, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
