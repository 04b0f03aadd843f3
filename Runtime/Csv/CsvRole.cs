namespace ModelCompiler.Runtime.Csv;

/// <summary>What a column of a table is for.</summary>
public enum CsvRole
{
    /// <summary>A number that the model reads.</summary>
    Number,

    /// <summary>A word that the model reads.</summary>
    Category,

    /// <summary>A word that the model is to answer.</summary>
    Label,

    /// <summary>A number that the model is to answer.</summary>
    Target,
}
