create or replace function public.get_user_accessible_tasks() returns table (task_id uuid) language sql stable parallel safe
begin atomic
  select t.id
  from public.tasks t
  where t.deleted_at is null;
end;
comment on function public.get_user_accessible_tasks() is 'The tasks that this session may see: the policies decide.';
