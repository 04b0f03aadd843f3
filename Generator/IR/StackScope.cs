using System.Globalization;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// One loop over repeated layers in the source: parameters made inside it carry the count as their leading axis.
/// </summary>
/// <param name="count">How many layers the loop walks over.</param>
/// <param name="path">The field that holds the layers.</param>
/// <param name="start">The index of the first of them.</param>
/// <param name="step">From one to the next.</param>
sealed class StackScope(int count, string path, int start = 0, int step = 1)
{
    public int Count { get; } = count;

    /// <summary>The field that holds the layers.</summary>
    public string Path { get; } = path;

    /// <summary>What stands for the index in names: "*" for layers 0, 1, 2, …; "1+2*" for layers 1, 3, 5, …</summary>
    public string Part { get; } = start == 0 && step == 1 ? "*"
        : string.Format(CultureInfo.InvariantCulture, "{0}+{1}*", start, step);

    /// <summary>For a reader: "0 to 5", or "1, 3, … 11".</summary>
    public string Indices { get; } =
        string.Format(CultureInfo.InvariantCulture, step == 1 || count == 1 ? "{0} to {2}" : count == 2 ? "{0} and {2}"
        : "{0}, {1}, … {2}", start, start + step, start + (count - 1) * step);

    /// <summary>A name without the parts that stand for an index.</summary>
    public static string Unstacked(string name) =>
        name.IndexOf('*') < 0 ? name : string.Join(".", name.Split('.').Where(p => !IsStacked(p)));

    /// <summary>Whether part of a name stands for an index.</summary>
    public static bool IsStacked(string part) => part.Length > 0 && part[part.Length - 1] == '*';
}
