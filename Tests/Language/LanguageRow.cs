namespace ModelCompiler.Tests.Language;

/// <summary>One way of writing C# in a model's body: [B, 6] in, [B, 6] out.</summary>
/// <param name="Name">What is shown.</param>
/// <param name="Body">Statements of <c>Tensor Apply(Tensor x)</c>.</param>
public sealed record LanguageRow(string Name, string Body)
{
    /// <summary>Further members of the model.</summary>
    public string Members { get; init; } = "";

    /// <summary>Further types, in a file of their own.</summary>
    public string Others { get; init; } = "";

    /// <summary>A plainer body, with the same members and types, that must record the same graph; empty where the row is as plain as it gets.</summary>
    public string Plainly { get; init; } = "";

    /// <summary>How many loops stay loops.</summary>
    public int Loops { get; init; }

    public override string ToString() => Name;
}
