using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace ModelCompiler.Tests.Language;

/// <summary>The C# that a model's body may be written in: one row, one test.</summary>
public sealed partial class LanguageTests
{
    static readonly IReadOnlyDictionary<string, LanguageRow> Rows =
        StatementRows.All.Concat(ExpressionRows.All).Concat(CallRows.All).ToDictionary(r => r.Name);

    public static TheoryData<string> All => [.. Rows.Keys];

    public static TheoryData<string> WithPlainForm => [.. Rows.Values.Where(r => r.Plainly.Length > 0).Select(r => r.Name)];

    [Theory, MemberData(nameof(All))]
    public void Body_ComputesWhatItComputesEagerly(string row) => WrittenModel.EqualsEager(Rows[row]);

    [Theory, MemberData(nameof(WithPlainForm))]
    public void Body_RecordsTheGraphOfItsPlainForm(string row) =>
        Assert.Equal(WrittenModel.GraphOf(Rows[row], Rows[row].Plainly), WrittenModel.GraphOf(Rows[row], Rows[row].Body));

    [Theory, MemberData(nameof(All))]
    public void Loops_StayWhereTheyCan(string row) =>
        Assert.Equal(Rows[row].Loops, Loop().Count(WrittenModel.GraphOf(Rows[row], Rows[row].Body)));

    [GeneratedRegex("= loop ")]
    private static partial Regex Loop();
}
