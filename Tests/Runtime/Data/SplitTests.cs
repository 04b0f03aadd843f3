using System;
using System.Linq;
using ModelCompiler.Runtime.Data;

namespace ModelCompiler.Tests.Runtime.Data;

/// <summary>Parts share no item, keep the shares of classes where asked to, and are the same for the same seed.</summary>
public sealed class SplitTests
{
    [Fact]
    public void Parts_ShareNothingAndMissNothing()
    {
        DataSplit split = new Numbered(1000).Split(validation: 0.1, test: 0.2, seed: 4);
        Assert.Equal((700, 100, 200), (split.Training.Length, split.Validation!.Length, split.Test!.Length));
        int[] all = [.. Labels(split.Training), .. Labels(split.Validation), .. Labels(split.Test)];
        Assert.Equal(Enumerable.Range(0, 1000), all.Order());
        Assert.Equal(Labels(split.Test), Labels(new Numbered(1000).Split(0.1, 0.2, seed: 4).Test!));
        Assert.NotEqual(Labels(split.Test), Labels(new Numbered(1000).Split(0.1, 0.2, seed: 5).Test!));
        Assert.Contains("item ", split.Test.Describe(3), StringComparison.Ordinal);
        Assert.Null(new Numbered(10).Split(0.2).Test);
    }

    [Fact]
    public void Stratified_KeepsEachClassesShare()
    {
        int[] labels = [.. Enumerable.Range(0, 500).Select(i => i % 10 == 0 ? 1 : i % 50 == 3 ? 2 : 0)];
        var data = new ArrayDataset("classes", new(Features: 1, Labels: 1), features: new float[500], labels: labels, classes: 3);
        DataSplit split = data.Split(validation: 0.2, test: 0.2, seed: 9, stratified: true);
        foreach (Dataset part in new[] { split.Validation!, split.Test! })
            Assert.Equal(new[] { 88, 10, 2 }, Enumerable.Range(0, 3).Select(c => Labels(part).Count(l => l == c)));
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(-0.1, 0)]
    [InlineData(double.NaN, 0)]
    public void FractionsThatLeaveNothing_AreRefused(double validation, double test) =>
        Assert.Throws<ArgumentException>(() => new Numbered(10).Split(validation, test));

    [Fact]
    public void PartsWithoutItems_AreRefused()
    {
        Assert.Contains("none of them", Assert.Throws<ArgumentException>(() => new Numbered(3).Split(0.1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Numbered(3).Select([0, 3]));
        Assert.Throws<DatasetException>(() => new Numbered(3).Select([]));
        Assert.Throws<ArgumentException>(() => new TextWindows("t", new byte[10], 4).Split(0.2, stratified: true));
    }

    static int[] Labels(Dataset data)
    {
        var labels = new int[data.Length];
        for (int i = 0; i < data.Length; i++)
            data.Read(i, new Item(new float[data.Shape.Features], new int[data.Shape.Ids], [], labels.AsSpan(i, 1)));
        return labels;
    }
}
