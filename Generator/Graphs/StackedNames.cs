using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>The tensors that a stacked parameter stands for, by name: blocks.*.bias → blocks.0.bias, blocks.1.bias.
/// </summary>
static class StackedNames
{
    public static IReadOnlyList<string> Of(Value parameter) => Of(parameter.Name, parameter.Shape);

    /// <param name="name">With a part such as "*" or "1+2*" for each stacked axis.</param>
    /// <param name="shape">Stacked axes first.</param>
    public static IReadOnlyList<string> Of(string name, Shape shape)
    {
        List<string> names = [""];
        int axis = 0;
        foreach (string part in name.Split('.'))
        {
            string[] values = [part];
            if (StackScope.IsStacked(part))
            {
                int plus = part.IndexOf('+');
                int start = plus < 0 ? 0 : Number(part.Substring(0, plus));
                int step = plus < 0 ? 1 : Number(part.Substring(plus + 1, part.Length - plus - 2));
                values = [.. Enumerable.Range(0, (int)shape[axis++].Constant).Select(i =>
                    (start + i * step).ToString(CultureInfo.InvariantCulture))];
            }
            names = [.. names.SelectMany(n => values.Select(v => n.Length == 0 ? v : n + "." + v))];
        }
        return names;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
