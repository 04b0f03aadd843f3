using System;
using System.IO;
using System.Linq;
using ModelCompiler.Runtime.Csv;
using ModelCompiler.Runtime.Data;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Runtime.Data;

/// <summary>Tables: columns by role, quotes, missing values, standardisation, and files that cannot be used.</summary>
public sealed class CsvTableTests : IDisposable
{
    static readonly CsvColumn[] Columns =
        [CsvColumn.Number("age"), CsvColumn.Category("town"), CsvColumn.Number("height", Missing.Mean), CsvColumn.Label("kind")];

    readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    public void Columns_BecomeFeaturesIdsAndLabels(char separator)
    {
        CsvTable table = Table("kind,unused,age,town,height\nb,x,3,Ulm,1.5\n\"a\",x,-4e1,\"Bad ''Ems''\",NA\nb,x,0.25,Ulm,\n"
            .Replace(',', separator).Replace("''", "\"\"", StringComparison.Ordinal));
        Assert.Equal((3, new ItemShape(Features: 2, Ids: 1, Labels: 1), 2), (table.Length, table.Shape, table.Classes));
        Assert.Equal(["a", "b"], table.Words("kind"));
        Assert.Equal(["Bad \"Ems\"", "Ulm"], table.Words("town"));
        (float[] features, int id, int label) = Read(table, 0);
        Assert.Equal([3f, 1.5f], features);
        Assert.Equal((1, 1), (id, label));
        (features, id, label) = Read(table, 1);
        Assert.Equal((-40f, true, 0, 0), (features[0], float.IsNaN(features[1]), id, label));
        Assert.EndsWith("line 3", table.Describe(1), StringComparison.Ordinal);
    }

    [Fact]
    public void Standardization_IsMeasuredOnTheTrainingItemsAlone()
    {
        CsvTable table = Table("age,town,height,kind\n1,a,10,x\n3,a,,y\n100,a,1000,x\n");
        Dataset training = table.Select([0, 1]), test = table.Select([2]);
        var scale = Standardization.Of(training);
        Assert.Equal([2f, 10f], scale.Means.ToArray());
        Assert.Equal([1f, 0f], scale.Deviations.ToArray());
        Assert.Equal([-1f, 0f], Read(scale.Apply(training), 0).Features);
        Assert.Equal([1f, 0f], Read(scale.Apply(training), 1).Features);   // the missing height is the mean
        Assert.Equal([98f, 990f], Read(scale.Apply(test), 0).Features);
        Assert.EndsWith("line 4", scale.Apply(test).Describe(0), StringComparison.Ordinal);
        var again = new Standardization(scale.Means.Span, scale.Deviations.Span);
        Assert.Equal([98f, 990f], Read(again.Apply(test), 0).Features);
        Assert.Throws<ArgumentException>(() => again.Apply(new float[3]));
        Assert.Throws<ArgumentException>(() => new Standardization([1], [-1]));
        TextTests.Refused("miss feature 1", () => Standardization.Of(table.Select([1])));
    }

    [Fact]
    public void AMissingValueNobodyFilled_IsNamedByItsLine()
    {
        CsvTable table = Table("age,town,height,kind\n1,a,10,x\n3,a,,y\n");
        using var batches = new BatchReader(table, size: 2, shuffled: false);
        TextTests.Refused("line 3: feature 1 is NaN", () => batches.Next());
    }

    [Fact]
    public void AnotherFile_IsReadWithTheSameWords()
    {
        CsvTable table = Table("age,town,height,kind\n1,a,10,x\n3,c,2,y\n");
        File.WriteAllText(folder["test.csv"], "age,town,height,kind\n1,c,10,y\n");
        Assert.Equal((1, 1), (Read(CsvTable.Open(folder["test.csv"], Columns, like: table), 0) is var (_, id, label) ? id : -1, label));
        File.WriteAllText(folder["test.csv"], "age,town,height,kind\n1,b,10,y\n");
        TextTests.Refused("row 2: town is \"b\"", () => CsvTable.Open(folder["test.csv"], Columns, like: table));
    }

    [Theory]
    [InlineData("", "there is no column \"age\"")]
    [InlineData("age,town,height,kind\n", "no rows below the header")]
    [InlineData("age,town,kind\n1,a,x\n", "there is no column \"height\"; those there: age, town, kind")]
    [InlineData("age,town,height,kind\n1,a,10,x\n2,a,10\n", "rows after line 2 have another number of columns")]
    [InlineData("age,town,height,kind\n1,a,10,x\nold,a,10,x\n", "row 3: age is \"old\"")]
    [InlineData("age,town,height,kind\n1,a,10,x\n1e99,a,10,x\n", "row 3: age is \"1e99\"")]
    [InlineData("age,town,height,kind\n,a,10,x\n", "row 2: age is missing")]
    [InlineData("age,town,height,kind\n1,a,10,?\n", "row 2: the label kind is missing")]
    public void UnusableTables_AreRefused(string text, string part) => TextTests.Refused(part, () => Table(text));

    [Fact]
    public void MissingFilesAndColumns_AreRefused()
    {
        TextTests.Refused("there is no such file", () => CsvTable.Open(folder["none.csv"], Columns));
        Assert.Throws<ArgumentException>(() => CsvTable.Open(folder["none.csv"], [CsvColumn.Label("kind")]));
        Assert.Throws<ArgumentException>(() => CsvTable.Open(folder["none.csv"], [CsvColumn.Number("a"), CsvColumn.Category("a")]));
    }

    public void Dispose() => folder.Dispose();

    CsvTable Table(string text)
    {
        File.WriteAllText(folder["table.csv"], text);
        return CsvTable.Open(folder["table.csv"], Columns);
    }

    static (float[] Features, int Id, int Label) Read(Dataset data, int index)
    {
        var (features, id, label) = (new float[2], new int[1], new int[1]);
        data.Read(index, new Item(features, id, [], label));
        return (features, id[0], label[0]);
    }
}
