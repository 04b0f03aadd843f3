using ModelCompiler.Graphs;

namespace ModelCompiler;

readonly partial struct OperatorScope
{
    readonly string outer;

    OperatorScope(string outer) => this.outer = outer;

    public static partial OperatorScope Of(string name)
    {
        var scope = new OperatorScope(Recorder.Current.Operator);
        Recorder.Current.Operator = char.ToLowerInvariant(name[0]) + name.Substring(1);
        return scope;
    }

    public partial void Dispose() => Recorder.Current.Operator = outer;
}
