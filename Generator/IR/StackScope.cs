namespace ModelCompiler.IR;

/// <summary>One loop over repeated layers in the source: parameters made inside it carry the count as their leading axis.</summary>
/// <param name="count">How many layers the loop walks over.</param>
/// <param name="path">The field that holds the layers.</param>
/// <param name="part">What stands for the index in names: every layer, or every so manieth from one on.</param>
sealed class StackScope(int count, string path, string part = StackScope.Every)
{
    /// <summary>Part of a name that stands for the indices 0, 1, 2, …</summary>
    public const string Every = "*";

    public int Count { get; } = count;

    /// <summary>The field that holds the layers.</summary>
    public string Path { get; } = path;

    /// <summary>"*" for layers 0, 1, 2, …; "1+2*" for layers 1, 3, 5, …</summary>
    public string Part { get; } = part;

    /// <summary>A name without the parts that stand for an index.</summary>
    public static string Unstacked(string name) =>
        name.IndexOf('*') < 0 ? name : string.Join(".", System.Linq.Enumerable.Where(name.Split('.'), p => !IsStacked(p)));

    /// <summary>Whether part of a name stands for an index.</summary>
    public static bool IsStacked(string part) => part.Length > 0 && part[part.Length - 1] == '*';
}
