using System;

namespace ModelCompiler.Runtime.Csv;

/// <summary>A column of a table and what it is for. Columns that nobody names are left out.</summary>
public sealed record CsvColumn
{
    CsvColumn(string name, CsvRole role, Missing missing)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Name, Role, Missing) = (name, role, missing);
    }

    /// <summary>As in the header.</summary>
    public string Name { get; }

    /// <summary>What becomes of it.</summary>
    public CsvRole Role { get; }

    /// <summary>What an empty cell means.</summary>
    public Missing Missing { get; }

    /// <summary>A number that the model reads: one feature.</summary>
    /// <param name="name">As in the header.</param>
    /// <param name="missing">What an empty cell means.</param>
    public static CsvColumn Number(string name, Missing missing = Missing.Refused) =>
        new(name, CsvRole.Number, missing);

    /// <summary>
    /// One of some words, which the model reads as their number in order of the alphabet: one id, for an
    /// <c>Embedding</c>. An empty cell is a word like any other.
    /// </summary>
    /// <param name="name">As in the header.</param>
    public static CsvColumn Category(string name) => new(name, CsvRole.Category, Missing.Refused);

    /// <summary>One of some words, which the model is to answer: one label.</summary>
    /// <param name="name">As in the header.</param>
    public static CsvColumn Label(string name) => new(name, CsvRole.Label, Missing.Refused);

    /// <summary>A number that the model is to answer: one target.</summary>
    /// <param name="name">As in the header.</param>
    public static CsvColumn Target(string name) => new(name, CsvRole.Target, Missing.Refused);
}
